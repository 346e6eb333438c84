// The serving network for processors: the Blueprint's layers in hand-written vector code over packed weights. Equal bits whatever else is
// in the batch, however a prompt is cut, and on any number of threads. Knows tokens and blocks; no text, no requests.
using System.Collections.Immutable;
using Majlis.Cpu.Attention;
using Majlis.Cpu.Kernels;
using Majlis.Cpu.Sampling;
using Majlis.Cpu.Steps;
using Majlis.Cpu.Threads;
using Majlis.Cpu.Weights;
using Majlis.Model;
using Majlis.Text;

namespace Majlis.Cpu;

/// <summary>Immutable weights and a cache. One thread at a time calls <see cref="Forward"/>.</summary>
public sealed class CpuNetwork : INetwork
{
    readonly ImmutableArray<CacheGroup> groups;
    readonly NetworkWeights weights;
    readonly Team team;
    readonly StepRows rows;
    readonly LayerAttention attention;
    readonly NetworkStep step;
    readonly HeadRows headRows = new();
    readonly RowSampler sampler;
    readonly int numberBytes;

    /// <summary>Packs the weights tensor by tensor; <paramref name="source"/> may be disposed afterwards.</summary>
    /// <exception cref="ModelFormatException">The checkpoint does not match the Blueprint, or asks for what this backend lacks.</exception>
    public CpuNetwork(Blueprint blueprint, IWeightSource source, CpuOptions? options = null)
    {
        options ??= new CpuOptions();
        if (Lack(blueprint) is { } lack) throw new ModelFormatException(lack);
        Blueprint = blueprint;
        groups = blueprint.CacheGroups;
        Threads = options.Threads ?? Environment.ProcessorCount;
        if (Threads < 1) throw new ArgumentOutOfRangeException(nameof(options), Threads, "A network needs at least one thread.");
        // In fp32 everything is, as an oracle would have it.
        var isFloat32 = options.Weights == WeightPrecision.Float32;
        numberBytes = isFloat32 ? Float32Number.Bytes : BFloat16Number.Bytes;
        weights = new NetworkWeights(blueprint, source, options.Weights);
        rows = new StepRows(blueprint, weights);
        team = new Team(Threads);
        attention = new LayerAttention(blueprint, weights, groups, Threads, isFloat32);
        sampler = new RowSampler(blueprint.VocabularySize);
        step = new NetworkStep(blueprint, weights, team, rows, attention);
    }

    public Blueprint Blueprint { get; }

    public int BlockSize => PagedCache.BlockTokens;

    public int Threads { get; }

    /// <summary>The instructions that the products use, for people and logs.</summary>
    public static string Instructions => Products.Best.Name;

    public long BytesPerBlock(int group) => PagedCache.BytesPerBlock(Blueprint, groups[group], numberBytes);

    public void AllocateCache(ReadOnlySpan<int> blocksPerGroup)
    {
        attention.Cache?.Dispose();
        attention.Cache = null;
        attention.Cache = new PagedCache(Blueprint, groups, blocksPerGroup, numberBytes);
    }

    public ForwardResult Forward(ForwardBatch batch)
    {
        BatchRules.Check(batch, Blueprint, groups.Length, attention.Cache is not null);
        if (batch.Pooling != Pooling.None)
            throw new NotSupportedException("The cpu backend does not pool. Use --backend torch.");
        if (batch.Spans.Any(span => span.Adapter >= 0))
            throw new NotSupportedException("The cpu backend serves no adapters. Use --backend torch.");
        step.Run(batch);
        return new CpuForwardResult(Blueprint, weights, team, rows.Stream, headRows, sampler, BatchRules.Rows(batch));
    }

    public void Dispose()
    {
        team.Dispose();
        attention.Dispose();
        rows.Dispose();
        headRows.Dispose();
        weights.Dispose();
    }

    /// <summary>Why this backend cannot serve a network; null where it can.</summary>
    public static string? Lack(Blueprint blueprint)
    {
        if (blueprint.HeadKind != HeadKind.LanguageModel || !blueprint.IsCausal || blueprint.PositionEmbedding is not null
            || blueprint.TokenTypeEmbedding is not null || blueprint.EmbeddingNorm is not null)
            return $"The cpu backend serves models that write text; a {blueprint.Family} model of this kind needs --backend torch.";
        // Rows of one size go through all layers.
        var sizes = blueprint.Layers.Select(layer =>
            (layer.Attention.Query.Outputs, layer.Attention.Key.Outputs, layer.Attention.Value.Outputs, layer.Mlp.Down.Inputs));
        return sizes.Distinct().Count() > 1
            ? "The layers differ in size, which the cpu backend does not serve. Use --backend torch." : null;
    }
}
