// The serving network: the Blueprint's layers over a paged cache, many sequences per step, in bf16 where that is native. The residual
// stream, norms and rotation stay in fp32. Knows tokens and blocks; no text, no requests.
using System.Collections.Concurrent;
using System.Collections.Immutable;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Model.Weights;
using Majlis.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch;

/// <summary>Immutable weights and a cache. One thread at a time calls <see cref="Forward"/>.</summary>
public sealed class TorchNetwork : INetwork
{
    readonly ImmutableArray<CacheGroup> groups;
    readonly int[] groupOfLayer;
    readonly NetworkWeights weights;
    readonly RotaryTables rotary;
    readonly ScalarType dtype;
    // NVIDIA's driver on Linux, and on Linux within Windows.
    static readonly string[] driverDevices = ["/dev/nvidiactl", "/dev/dxg"];

    readonly Device device;
    readonly ConcurrentDictionary<int, ServedAdapter> adapters = [];
    PagedCache? cache;
    int lastAdapter = -1;

    /// <summary>Loads the weights tensor by tensor into the compute type; <paramref name="source"/> may be disposed afterwards.</summary>
    /// <exception cref="ModelFormatException">The checkpoint does not match the Blueprint.</exception>
    public TorchNetwork(Blueprint blueprint, IWeightSource source, TorchOptions? options = null)
    {
        options ??= new TorchOptions();
        Blueprint = blueprint;
        BlockSize = options.BlockSize;
        groups = blueprint.CacheGroups;
        groupOfLayer = [.. Enumerable.Range(0, blueprint.Layers.Length)
            .Select(layer => Math.Max(0, groups.ToList().FindIndex(group => group.Layers.Contains(layer))))];
        device = new Device(options.Device ?? (cuda.is_available() ? "cuda" : "cpu"));
        dtype = (options.DType
            ?? (device.type != DeviceType.CPU || Processor.HasBFloat16 ? ComputeType.BFloat16
            : ComputeType.Float32)) == ComputeType.BFloat16
            ? ScalarType.BFloat16 : ScalarType.Float32;
        using var inference = inference_mode(true);
        weights = new NetworkWeights(blueprint, source, dtype, device);
        rotary = new RotaryTables(device);
    }

    /// <summary>Whether LibTorch can use a GPU here. It is not loaded where the system has no driver's device.</summary>
    public static bool HasGpu => !(OperatingSystem.IsLinux() && !driverDevices.Any(File.Exists)) && cuda.is_available();

    /// <summary>The bytes that a model's tensors take in the type in which they are computed here.</summary>
    public static long WeightBytes(IWeightSource source) =>
        source.Tensors.Values.Sum(tensor => tensor.Elements) * (HasGpu || Processor.HasBFloat16 ? 2 : 4);

    /// <summary>The free memory of what computes, in bytes; 0 where a GPU does not tell.</summary>
    public static long FreeMemory => HasGpu ? GpuMemory.Free ?? 0 : MachineMemory.Available;

    public Blueprint Blueprint { get; }
    public int BlockSize { get; }

    public ComputeType DType => dtype == ScalarType.BFloat16 ? ComputeType.BFloat16 : ComputeType.Float32;

    public long BytesPerBlock(int group) => groups[group].Layers.Sum(layer =>
        2L * BlockSize * Blueprint.Layers[layer].Attention.KeyValueHeads * Blueprint.Layers[layer]
            .Attention.HeadDim * (dtype == ScalarType.BFloat16 ? 2 : 4));

    public void AllocateCache(ReadOnlySpan<int> blocksPerGroup)
    {
        cache?.Dispose();
        cache = null;
        using var inference = inference_mode(true);
        cache = new PagedCache(Blueprint, groups, blocksPerGroup, BlockSize, dtype, device);
    }

    public int AddAdapter(LowRankAdapter adapter)
    {
        adapter.CheckFits(Blueprint);
        using var inference = inference_mode(true);
        var index = Interlocked.Increment(ref lastAdapter);
        adapters[index] = new ServedAdapter(adapter, device);
        return index;
    }

    public void RemoveAdapter(int index)
    {
        if (adapters.TryRemove(index, out var adapter)) adapter.Dispose();
    }

    public ForwardResult Forward(ForwardBatch batch)
    {
        BatchRules.Check(batch, Blueprint, groups.Length, cache is not null);
        using var inference = inference_mode(true);
        using var scope = NewDisposeScope();
        cache?.Prepare(batch);
        if (batch.IsDeterministic) return FixedShapes(batch);
        var plan = new StepPlan(batch, Blueprint, groups, BlockSize, dtype, device);
        var adapted = Adapters(batch);
        return Finish(States(plan, adapted), batch).Detached();
    }

    // [N, C] fp32
    Tensor States(StepPlan plan, IReadOnlyList<AdapterRows> adapted)
    {
        var x = Embed(plan);
        for (var i = 0; i < weights.Layers.Length; i++) x = Layer(x, i, plan, adapted);
        return x;
    }

    // Computes tile after tile, each like a batch of its own. The head's product has the tile's shape as well.
    FixedShapeResult FixedShapes(ForwardBatch batch)
    {
        var rows = BatchRules.Rows(batch);
        var logits = new Tensor[rows.Length];
        foreach (var tile in FixedShape.Tiles(batch))
        {
            using var scope = NewDisposeScope();
            var fixedBatch = FixedShape.Batch(batch, tile);
            var adapted = Adapters(fixedBatch).Select(item => item with { Start = 0, Count = FixedShape.Rows }).ToList();
            var states = States(new StepPlan(fixedBatch, Blueprint, groups, BlockSize, dtype, device), adapted);
            var wanted = Enumerable.Range(0, rows.Length).Where(i => rows[i] >= tile.Start && rows[i] < tile.Start + tile.Count).ToArray();
            if (wanted.Length == 0) continue;
            var all = TorchForwardResult.Logits(FinalNorm(states).to(dtype), weights.Head!, Blueprint); // [FixedShape.Rows, V]
            foreach (var i in wanted) logits[i] = all.narrow(0, tile.First + rows[i] - tile.Start, 1).clone().DetachFromDisposeScope();
        }
        return new FixedShapeResult(logits);
    }

    public void Dispose()
    {
        cache?.Dispose();
        foreach (var adapter in adapters.Values) adapter.Dispose();
        rotary.Dispose();
        weights.Dispose();
        NativeRuntime.ReturnFreed();
    }

    Tensor Embed(StepPlan plan)
    {
        var x = weights.Embedding.index_select(0, plan.Tokens).to(ScalarType.Float32);
        if (Blueprint.EmbeddingScale != 1) x = x.Times(Blueprint.EmbeddingScale);
        if (weights.TokenTypes is { } types)
            x = x.Plus(plan.TokenTypes is { } ids ? types.index_select(0, ids) : types.narrow(0, 0, 1));
        if (weights.Positions is { } positions) x = x.Plus(positions.index_select(0, plan.Positions));
        return weights.EmbeddingNorm is { } norm ? norm.Apply(x, x) : x;
    }

    // x [N, C] fp32, changed in place where the layer allows it. All other tensors of a layer are freed at its end.
    Tensor Layer(Tensor x, int index, StepPlan plan, IReadOnlyList<AdapterRows> adapted)
    {
        using var scope = NewDisposeScope();
        var layer = weights.Layers[index];
        var like = weights.Embedding;
        var n = layer.BeforeAttention?.Apply(x, like) ?? x.to(dtype);
        var attended = Attention(n, index, plan, adapted);
        if (layer.Blueprint.Residual == Residual.Parallel) return x.PlusInPlace(attended).PlusInPlace(Mlp(n, layer, adapted));
        if (layer.Blueprint.Residual == Residual.NormAfterAdd)
        {
            var h = layer.AfterAttention!.Apply(x.Plus(attended), x);
            return layer.AfterMlp!.Apply(h.Plus(Mlp(h.to(dtype), layer, adapted)), x).MoveToOuterDisposeScope();
        }
        x.PlusInPlace(layer.AfterAttention?.Apply(attended, x) ?? attended);
        var inner = Mlp(layer.BeforeMlp?.Apply(x, like) ?? x.to(dtype), layer, adapted);
        return x.PlusInPlace(layer.AfterMlp?.Apply(inner, x) ?? inner);
    }

    Tensor Attention(Tensor n, int index, StepPlan plan, IReadOnlyList<AdapterRows> adapted)
    {
        var (layer, a) = (weights.Layers[index], Blueprint.Layers[index].Attention);
        var (q, k) = (a.Heads * a.HeadDim, a.KeyValueHeads * a.HeadDim);
        var qkv = layer.Qkv.Apply(n, adapted); // [N, (H + 2K) * D]
        var turning = qkv.narrow(1, 0, q + k);
        if (layer.QueryNorm is { } queryNorm)
            turning = cat([queryNorm.Apply(qkv.narrow(1, 0, q), n), layer.KeyNorm!.Apply(qkv.narrow(1, q, k), n)], 1);
        turning = turning.unflatten(1, [a.Heads + a.KeyValueHeads, a.HeadDim]); // [N, H + K, D]: both turn by the same angles
        if (a.Rotary is { } turn) turning = rotary.Turn(turning, turn, plan);
        var mixed = PagedAttention.Run(plan, plan.Groups[groupOfLayer[index]], cache, index, a, turning.narrow(1, 0, a.Heads),
            turning.narrow(1, a.Heads, a.KeyValueHeads), qkv.narrow(1, q + k, k).unflatten(1, [a.KeyValueHeads, a.HeadDim]));
        return layer.Output.Apply(mixed, adapted);
    }

    static Tensor Mlp(Tensor n, LayerWeights layer, IReadOnlyList<AdapterRows> adapted)
    {
        var mlp = layer.Blueprint.Mlp;
        var inner = layer.GateUp.Apply(n, adapted);
        if (mlp.Gate is null) inner = LayerOperations.Activate(inner, mlp.Activation);
        else if (mlp.Activation == Activation.Silu) inner = Kernels.GatedSilu(inner);
        else if (mlp.Activation == Activation.GeluTanh) inner = Kernels.GatedGelu(inner);
        else inner = LayerOperations.Activate(inner.narrow(1, 0, mlp.Gate.Outputs), mlp.Activation) * inner.narrow(1, mlp.Gate.Outputs,
            mlp.Up.Outputs);
        return layer.Down.Apply(inner, adapted);
    }

    TorchForwardResult Finish(Tensor x, ForwardBatch batch)
    {
        var pooled = batch.Pooling == Pooling.None ? null : Pool(FinalNorm(x), batch);
        var rows = BatchRules.Rows(batch);
        if (rows.Length == 0) return new TorchForwardResult(null, pooled, null, Blueprint);
        var isAll = rows.Length == x.shape[0] && rows.Index().All(row => row.Item == row.Index);
        var states = isAll ? x : x.index_select(0, tensor(Array.ConvertAll(rows, row => (long)row), device: device));
        return new TorchForwardResult(FinalNorm(states).to(dtype), pooled, weights.Head, Blueprint);
    }

    Tensor FinalNorm(Tensor x) => weights.FinalNorm is { } norm ? norm.Apply(x, x) : x;

    // states [N, C] fp32 to [S, C], or to [S, 1] for a reward head.
    Tensor Pool(Tensor states, ForwardBatch batch)
    {
        var rows = batch.Spans.Select(span => batch.Pooling switch
        {
            Pooling.Mean => states.narrow(0, span.Start, span.Count).mean([0]),
            Pooling.First => states[span.Start],
            Pooling.Score when weights.Pooler is not null => states[span.Start],
            Pooling.Last => states[span.Start + span.Count - 1],
            _ => states[BatchRules.ScoreRow(batch, span, Blueprint.PadToken)],
        }).ToArray();
        var pooled = stack(rows, 0);
        if (batch.Pooling != Pooling.Score) return pooled;
        if (weights.Pooler is { } pooler) pooled = pooler.Apply(pooled.to(dtype), []).tanh();
        return weights.Head!.Apply(pooled.to(dtype), []).to(ScalarType.Float32);
    }

    List<AdapterRows> Adapters(ForwardBatch batch)
    {
        var rows = new List<AdapterRows>();
        foreach (var span in batch.Spans)
        {
            if (span.Adapter < 0) continue;
            if (!adapters.TryGetValue(span.Adapter, out var adapter)) throw new ArgumentException($"There is no adapter {span.Adapter}.");
            if (rows.Count > 0 && rows[^1].Adapter == adapter && rows[^1].Start + rows[^1].Count == span.Start)
                rows[^1] = rows[^1] with { Count = rows[^1].Count + span.Count };
            else rows.Add(new AdapterRows(span.Start, span.Count, adapter));
        }
        return rows;
    }
}
