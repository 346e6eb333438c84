// Takes one model's tensor as it is, times scale: for stacking slices of layers on top of each other.
using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Majlis.Merge.Methods;

public sealed class Passthrough : IMergeMethod
{
    public string Name => "passthrough";

    public bool BaseIsOrigin => false;

    public ImmutableArray<MergeParameter> Parameters { get; } = [new("scale", PerModel: true, Default: 1)];

    public string? Complaint(TensorTask tensor) => tensor.Experts.Length == 1 ? null
        : $"passthrough takes one model; here are {tensor.Experts.Length}";

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write)
    {
        var (values, scale) = (new double[tensor.ChunkLength], tensor.Model("scale", 0));
        foreach (var (first, length) in tensor.Chunks)
        {
            var value = values.AsSpan(0, length);
            tensor.Read(0, first, value);
            // Not added to a zero: that would turn -0 into 0, and a copy has the same bits.
            TensorPrimitives.Multiply(value, scale, value);
            write(value);
        }
    }
}
