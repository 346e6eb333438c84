// An adapter's file while it is read: every tensor once, none left over. Knows peft's names only as they are asked for.
using Majlis.Model;
using Majlis.Text;
using static TorchSharp.torch;

namespace Majlis.Torch;

sealed class AdapterTensors(IWeightSource source, Device device)
{
    readonly HashSet<string> left = [.. source.Tensors.Keys];

    /// <summary>A tensor in fp32.</summary>
    /// <exception cref="ModelFormatException">It is missing or of another shape.</exception>
    public Tensor Load(string name, ReadOnlySpan<long> shape)
    {
        // Older files of peft have magnitudes as a layer's weight.
        if (!source.Tensors.ContainsKey(name) && source.Tensors.ContainsKey(name + ".weight")) name += ".weight";
        if (!source.Tensors.TryGetValue(name, out var info)) throw new ModelFormatException($"Adapter tensor '{name}' is missing.");
        if (!info.Shape.AsSpan().SequenceEqual(shape))
            throw new ModelFormatException(
                $"Adapter tensor '{name}' is [{string.Join(", ", info.Shape)}], expected [{string.Join(", ", shape.ToArray())}].");
        left.Remove(name);
        return WeightLoader.Load(source, name, ScalarType.Float32, device);
    }

    /// <exception cref="ModelFormatException">The file holds more than was asked for.</exception>
    public void CheckAllRead()
    {
        if (left.Order(StringComparer.Ordinal).FirstOrDefault() is { } stranger)
            throw new ModelFormatException($"Adapter tensor '{stranger}' belongs to no target module.");
    }
}
