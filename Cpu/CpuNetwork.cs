// The serving network for processors: the Blueprint's layers in hand-written vector code over packed weights. Equal bits whatever else is
// in the batch, however a prompt is cut, and on any number of threads. Knows tokens and blocks; no text, no requests.
using System.Collections.Concurrent;
using System.Collections.Immutable;
using Majlis.Cpu.Adapters;
using Majlis.Cpu.Attention;
using Majlis.Cpu.Kernels;
using Majlis.Cpu.Sampling;
using Majlis.Cpu.Steps;
using Majlis.Cpu.Threads;
using Majlis.Cpu.Weights;
using Majlis.Model;
using Majlis.Model.Adapters;
using Majlis.Model.Weights;
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
    readonly AdapterPhase adapterPhase;
    readonly ConcurrentDictionary<int, PackedAdapter> adapters = [];
    readonly EncoderCache? encoderCache;
    readonly HeadRows headRows = new();
    readonly RowSampler[] samplers;
    readonly CacheForm form;
    int lastAdapter = -1;

    /// <summary>Packs the weights tensor by tensor; <paramref name="source"/> may be disposed afterwards.</summary>
    /// <exception cref="ModelFormatException">The checkpoint does not match the Blueprint, or its layers differ in size.</exception>
    public CpuNetwork(Blueprint blueprint, IWeightSource source, CpuOptions? options = null)
    {
        options ??= new CpuOptions();
        if (Lack(blueprint) is { } lack) throw new ModelFormatException(lack);
        Blueprint = blueprint;
        groups = blueprint.CacheGroups;
        Threads = options.Threads ?? MemberCores.Count;
        if (Threads < 1) throw new ArgumentOutOfRangeException(nameof(options), Threads, "A network needs at least one thread.");
        form = options.Cache switch
        {
            CachePrecision.Int8 => CacheForm.Int8,
            // In fp32 everything is, as an oracle would have it.
            CachePrecision.Auto when options.Weights == WeightPrecision.Float32 => CacheForm.Float32,
            _ => CacheForm.Int16,
        };
        if (WeightMemory.Lack(blueprint, source, options.Weights, MachineMemory.Available) is { } memory)
            throw new ModelFormatException(memory);
        weights = new NetworkWeights(blueprint, source, options.Weights);
        rows = new StepRows(blueprint, weights);
        team = new Team(Threads);
        attention = new LayerAttention(blueprint, weights, groups, Threads, form);
        samplers = [.. Enumerable.Range(0, Threads).Select(_ => new RowSampler(blueprint.VocabularySize))];
        adapterPhase = new AdapterPhase(team);
        step = new NetworkStep(blueprint, weights, team, rows, attention, adapterPhase);
        if (groups.IsEmpty) encoderCache = new EncoderCache(blueprint, form);
    }

    /// <summary>The bytes that a model's matrices take, as the headers of its files tell.</summary>
    public static long WeightBytes(Blueprint blueprint, IWeightSource source, WeightPrecision precision) =>
        WeightMemory.Bytes(blueprint, source, precision);

    public Blueprint Blueprint { get; }

    public int BlockSize => PagedCache.BlockTokens;

    public bool IsBatchInvariant => true;

    public int Threads { get; }

    /// <summary>What was rounded though the file's own precision was asked for; null if nothing was.</summary>
    public string? Rounded => weights.Rounded.Count == 0 ? null
        : string.Join(", ", weights.Rounded.Select(pair => $"{pair.Key} ({pair.Value} tensors)"))
            + " rounded to 8 bits: an error of 1/254 of the largest of 32 numbers";

    /// <summary>The instructions that the products use, for people and logs.</summary>
    public static string Instructions => Products.Best.Name;

    public long BytesPerBlock(int group) => PagedCache.BytesPerBlock(Blueprint, groups[group], form);

    public void AllocateCache(ReadOnlySpan<int> blocksPerGroup)
    {
        // An encoder's memory is that of its steps.
        if (encoderCache is not null) return;
        attention.Cache?.Dispose();
        attention.Cache = null;
        attention.Cache = new PagedCache(Blueprint, groups, blocksPerGroup, form);
    }

    public ForwardResult Forward(ForwardBatch batch)
    {
        BatchRules.Check(batch, Blueprint, groups.Length, attention.Cache is not null);
        adapterPhase.Prepare(batch, adapters);
        if (encoderCache is not null)
        {
            batch = encoderCache.Assign(batch);
            attention.Cache = encoderCache.Cache;
        }
        step.Run(batch);
        return new CpuForwardResult(Blueprint, weights, team, rows.Stream, headRows, samplers, batch);
    }

    public int AddAdapter(LowRankAdapter adapter)
    {
        adapter.CheckFits(Blueprint);
        var index = Interlocked.Increment(ref lastAdapter);
        adapters[index] = new PackedAdapter(adapter, weights);
        return index;
    }

    public void RemoveAdapter(int index)
    {
        if (adapters.TryRemove(index, out var adapter)) adapter.Dispose();
    }

    public void Dispose()
    {
        team.Dispose();
        attention.Dispose();
        encoderCache?.Dispose();
        adapterPhase.Dispose();
        foreach (var adapter in adapters.Values) adapter.Dispose();
        rows.Dispose();
        headRows.Dispose();
        weights.Dispose();
    }

    /// <summary>Why this backend cannot serve a network; null where it can.</summary>
    public static string? Lack(Blueprint blueprint)
    {
        // Rows of one size go through all layers.
        var sizes = blueprint.Layers.Select(layer =>
            (layer.Attention.Query.Outputs, layer.Attention.Key.Outputs, layer.Attention.Value.Outputs, layer.Mlp.Down.Inputs));
        return sizes.Distinct().Count() > 1
            ? "The layers differ in size, which the cpu backend does not serve. Use --backend torch." : null;
    }
}
