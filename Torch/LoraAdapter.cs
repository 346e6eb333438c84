// An adapter in training, as peft has it: low-rank deltas W + s B A (https://arxiv.org/abs/2106.09685) with or without DoRA's magnitudes,
// and tensors that are trained whole. Parameters are always fp32. Knows modules by name and size; no policy and no loss.
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Text;
using static TorchSharp.torch;

namespace Majlis.Torch;

/// <summary>
/// One adapter. Where a checkpoint fuses several projections into one tensor (phi3), the adapter does too, as in peft.
/// </summary>
public sealed class LoraAdapter : IDisposable
{
    readonly SortedDictionary<string, LoraModule> modules = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, Tensor> whole = new(StringComparer.Ordinal);
    readonly AdapterPlan plan;

    LoraAdapter(AdapterPlan plan) => this.plan = plan;

    public AdapterConfig Config => plan.Config;

    /// <summary>Full module names, ordinal order.</summary>
    public IEnumerable<string> Modules => modules.Keys;

    /// <summary>The trained parameters.</summary>
    public IEnumerable<Tensor> Parameters => NamedParameters.Select(parameter => parameter.Value);

    /// <summary>peft's names in its file, always in the same order: each module's A, B and magnitude, then tensors trained whole.</summary>
    public IEnumerable<(string Name, Tensor Value)> NamedParameters =>
    [
        .. modules.SelectMany(module => plan.NamesOf(module.Key).Zip(Parts(module.Value))),
        .. whole.Select(tensor => (plan.NameOfWhole(tensor.Key), tensor.Value)),
    ];

    /// <summary>
    /// A new adapter that changes nothing yet: A uniform in +-1/sqrt(inputs) and B zero as in peft, of an embedding A zero and B normal;
    /// magnitudes and whole tensors as in the base. A depends on the seed only.
    /// </summary>
    /// <param name="blueprint">The network's.</param>
    /// <param name="config">What is adapted.</param>
    /// <param name="seed">Of what begins random.</param>
    /// <param name="weights">The base, by tensor; needed for magnitudes and whole tensors.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="ModelFormatException">The network lacks a target module.</exception>
    public static LoraAdapter Create(Blueprint blueprint, AdapterConfig config, ulong seed,
        IReadOnlyDictionary<string, Tensor>? weights = null, Device? device = null)
    {
        var adapter = new LoraAdapter(AdapterPlan.Of(blueprint, config, strict: true));
        using var generator = new Generator(seed);
        using var scope = NewDisposeScope();
        using var still = no_grad();
        foreach (var (module, (outputs, inputs)) in adapter.plan.Sizes)
        {
            var rank = config.RankOf(module);
            Tensor Zero(long rows, long columns) => zeros([rows, columns], device: device ?? CPU);
            var (a, b) = adapter.plan.IsEmbedding(module)
                ? (Zero(rank, inputs), randn([outputs, rank], generator: generator).to(device ?? CPU))
                : (rand([rank, inputs], generator: generator).Times(2).Plus(-1).Times(1 / Math.Sqrt(inputs)).to(device ?? CPU),
                    Zero(outputs, rank));
            var magnitude = !config.UseDora ? null
                : LoraModule.Lengths(Base(module + ".weight").to(ScalarType.Float32), adapter.plan.IsEmbedding(module) ? 0 : 1);
            adapter.modules[module] = new LoraModule(Leaf(a), Leaf(b), magnitude is null ? null : Leaf(magnitude), config.ScaleOf(module));
        }
        foreach (var tensor in adapter.plan.Whole) adapter.whole[tensor] = Leaf(Base(tensor).to(ScalarType.Float32).clone());
        return adapter;

        Tensor Base(string tensor) => weights is not null ? weights[tensor].detach()
            : throw new ArgumentException("magnitudes and whole tensors need the base's weights", nameof(weights));
    }

    /// <summary>Reads adapter tensors (peft's adapter_model.safetensors).</summary>
    /// <exception cref="ModelFormatException">A tensor is missing, superfluous or misshapen for this network.</exception>
    public static LoraAdapter Read(Blueprint blueprint, AdapterConfig config, IWeightSource source, Device? device = null)
    {
        if (config.Start != AdapterStart.Nothing)
            throw new ModelFormatException(
                $"{AdapterConfig.FileName}: init_lora_weights took a part of the base away; merge the adapter first.");
        var adapter = new LoraAdapter(AdapterPlan.Of(blueprint, config, strict: false));
        var file = new AdapterTensors(source, device ?? CPU);
        foreach (var (module, (outputs, inputs)) in adapter.plan.Sizes)
        {
            var (rank, names) = (config.RankOf(module), adapter.plan.NamesOf(module));
            adapter.modules[module] = new LoraModule(Leaf(file.Load(names[0], [rank, inputs])), Leaf(file.Load(names[1], [outputs, rank])),
                config.UseDora ? Leaf(file.Load(names[2], [outputs])) : null, config.ScaleOf(module));
        }
        var shapes = blueprint.Tensors();
        foreach (var tensor in adapter.plan.Whole)
            adapter.whole[tensor] = Leaf(file.Load(adapter.plan.NameOfWhole(tensor), [.. shapes[tensor]]));
        file.CheckAllRead();
        return adapter;
    }

    /// <summary>One projection's output, or null where the adapter leaves the module; see <see cref="LoraModule.Linear"/>.</summary>
    public Tensor? Linear(Tensor x, Tensor weight, Tensor? bias, Projection projection) =>
        modules.TryGetValue(projection.Module, out var module) ? module.Linear(x, weight, bias, projection) : null;

    /// <summary>A projection's factors, or null where the adapter leaves the module.</summary>
    internal LoraModule? ModuleOf(Projection projection) => modules.GetValueOrDefault(projection.Module);

    /// <summary>Rows of the token embedding, [N, hidden], or null where the adapter leaves it.</summary>
    public Tensor? Lookup(string tensor, Tensor ids, Tensor rows, Tensor table) =>
        plan.EmbeddingOf(tensor) is { } name && modules.TryGetValue(name, out var module) ? module.Lookup(ids, rows, table) : null;

    /// <summary>The trained copy that replaces a tensor of the base, fp32; null where the base's counts.</summary>
    public Tensor? Whole(string tensor) => whole.GetValueOrDefault(tensor);

    /// <summary>
    /// The delta that merging adds to tensor <paramref name="name"/> ("model.layers.0.self_attn.q_proj.weight"): (alpha / rank) B A in
    /// fp32, [outputs, inputs]; null where the adapter does not change the tensor.
    /// </summary>
    public float[,]? Delta(string name)
    {
        if (!name.EndsWith(".weight", StringComparison.Ordinal)
            || !modules.TryGetValue(name[..^".weight".Length], out var module)) return null;
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var delta = module.B.matmul(module.A).Times(module.Scale).cpu();
        var values = new float[delta.shape[0], delta.shape[1]];
        delta.data<float>().ToArray().AsSpan()
            .CopyTo(System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref values[0, 0], values.Length));
        return values;
    }

    /// <exception cref="ModelFormatException">The adapter was made for another network.</exception>
    public void CheckFits(Blueprint blueprint) => plan.CheckFits(blueprint);

    public void Dispose()
    {
        foreach (var tensor in Parameters) tensor.Dispose();
    }

    static Tensor[] Parts(LoraModule module) =>
        module.Magnitude is { } magnitude ? [module.A, module.B, magnitude] : [module.A, module.B];

    static Tensor Leaf(Tensor tensor) => tensor.DetachFromDisposeScope().requires_grad_(true);
}
