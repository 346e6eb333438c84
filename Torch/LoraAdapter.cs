// Low-rank deltas (https://arxiv.org/abs/2106.09685) under peft's names: W + (alpha / rank) B A. Parameters are always fp32. Knows modules
// by name and size; no policy and no loss.
using Majlis.Model;
using Majlis.Text;
using static TorchSharp.torch;

namespace Majlis.Torch;

/// <summary>
/// One adapter: A [rank, inputs] and B [outputs, rank] for each module. Where a checkpoint fuses several projections into one tensor
/// (phi3), the adapter does too, as in peft.
/// </summary>
public sealed class LoraAdapter : IDisposable
{
    readonly SortedDictionary<string, (Tensor A, Tensor B)> pairs = new(StringComparer.Ordinal);

    LoraAdapter(LoraConfig config) => Config = config;

    public LoraConfig Config { get; }

    /// <summary>Full module names, ordinal order.</summary>
    public IEnumerable<string> Modules => pairs.Keys;

    /// <summary>A and B of every module, in that order: the trained parameters.</summary>
    public IEnumerable<Tensor> Parameters => pairs.Values.SelectMany(pair => (Tensor[])[pair.A, pair.B]);

    /// <summary>peft's names: base_model.model.MODULE.lora_A.weight and .lora_B.weight, in the order of <see cref="Parameters"/>.</summary>
    public IEnumerable<(string Name, Tensor Value)> NamedParameters => pairs.SelectMany(pair => ((string, Tensor)[])
        [(LoraConfig.TensorName(pair.Key, "A"), pair.Value.A), (LoraConfig.TensorName(pair.Key, "B"), pair.Value.B)]);

    /// <summary>
    /// A new adapter that changes nothing yet: A uniform in +-1/sqrt(inputs) as in peft, B zero. A depends on the seed only.
    /// </summary>
    /// <exception cref="ModelFormatException">The network lacks a target module.</exception>
    public static LoraAdapter Create(Blueprint blueprint, LoraConfig config, ulong seed, Device? device = null)
    {
        var adapter = new LoraAdapter(config);
        using var generator = new Generator(seed);
        foreach (var (module, (outputs, inputs)) in config.ModulesOf(blueprint))
        {
            using var scope = NewDisposeScope();
            var bound = 1 / Math.Sqrt(inputs);
            var a = rand([config.Rank, inputs], generator: generator).Times(2).Plus(-1).Times(bound).to(device ?? CPU);
            adapter.pairs[module] = (Leaf(a), Leaf(zeros([outputs, config.Rank], device: device ?? CPU)));
        }
        return adapter;
    }

    /// <summary>Reads adapter tensors (peft's adapter_model.safetensors).</summary>
    /// <exception cref="ModelFormatException">A tensor is missing, superfluous or misshapen for this network.</exception>
    public static LoraAdapter Read(Blueprint blueprint, LoraConfig config, IWeightSource source, Device? device = null)
    {
        var adapter = new LoraAdapter(config);
        var left = source.Tensors.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var (module, (outputs, inputs)) in config.ModulesOf(blueprint))
        {
            var rank = config.Rank;
            adapter.pairs[module] =
                (Load(LoraConfig.TensorName(module, "A"), [rank, inputs]), Load(LoraConfig.TensorName(module, "B"), [outputs, rank]));
        }
        if (left.Order(StringComparer.Ordinal).FirstOrDefault() is { } stranger)
            throw new ModelFormatException($"Adapter tensor '{stranger}' belongs to no target module.");
        return adapter;

        Tensor Load(string name, ReadOnlySpan<long> shape)
        {
            if (!source.Tensors.TryGetValue(name, out var info)) throw new ModelFormatException($"Adapter tensor '{name}' is missing.");
            if (!info.Shape.AsSpan().SequenceEqual(shape))
                throw new ModelFormatException(
                    $"Adapter tensor '{name}' is [{string.Join(", ", info.Shape)}], expected [{string.Join(", ", shape.ToArray())}].");
            left.Remove(name);
            return Leaf(WeightLoader.Load(source, name, ScalarType.Float32, device ?? CPU));
        }
    }

    /// <summary>The adapter's delta for one projection: x [.., Inputs] to [.., Outputs] fp32, or null where it has none.</summary>
    public Tensor? Apply(Tensor x, Projection projection)
    {
        if (!pairs.TryGetValue(projection.Module, out var pair)) return null;
        var b = projection.Outputs == projection.TensorRows ? pair.B : pair.B.narrow(0, projection.FirstRow, projection.Outputs);
        return nn.functional.linear(nn.functional.linear(x.to(ScalarType.Float32), pair.A), b).Times(Config.Scale);
    }

    /// <summary>
    /// The delta that merging adds to tensor <paramref name="name"/> ("model.layers.0.self_attn.q_proj.weight"): (alpha / rank) B A in
    /// fp32, [outputs, inputs]; null where the adapter does not change the tensor.
    /// </summary>
    public float[,]? Delta(string name)
    {
        if (!name.EndsWith(".weight", StringComparison.Ordinal) || !pairs.TryGetValue(name[..^".weight".Length], out var pair)) return null;
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var delta = pair.B.matmul(pair.A).Times(Config.Scale).cpu();
        var values = new float[delta.shape[0], delta.shape[1]];
        delta.data<float>().ToArray().AsSpan()
            .CopyTo(System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref values[0, 0], values.Length));
        return values;
    }

    /// <exception cref="ModelFormatException">The adapter was made for another network.</exception>
    public void CheckFits(Blueprint blueprint)
    {
        var sizes = Config.ModulesOf(blueprint);
        foreach (var (module, (a, b)) in pairs)
        {
            if (!sizes.TryGetValue(module, out var size) || a.shape[1] != size.Inputs || b.shape[0] != size.Outputs)
                throw new ModelFormatException(
                    $"The adapter's module '{module}' [{b.shape[0]}, {a.shape[1]}] is not in this {blueprint.Family} network.");
        }
    }

    public void Dispose()
    {
        foreach (var tensor in Parameters) tensor.Dispose();
    }

    static Tensor Leaf(Tensor tensor) => tensor.DetachFromDisposeScope().requires_grad_(true);
}
