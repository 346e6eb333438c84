// Keys and values of an encoder's step: its sequences are read whole, so a layer's are forgotten with the layer, and all layers share one
// layer's memory.
using System.Collections.Immutable;
using Majlis.Model;

namespace Majlis.Cpu.Attention;

sealed class EncoderCache(Blueprint blueprint, CacheForm form) : IDisposable
{
    int blocks;

    /// <summary>Null before the first step.</summary>
    public PagedCache? Cache { get; private set; }

    /// <summary>Makes room for a batch and gives its sequences their blocks.</summary>
    public ForwardBatch Assign(ForwardBatch batch)
    {
        var (spans, used) = (ImmutableArray.CreateBuilder<SequenceSpan>(batch.Spans.Length), 0);
        foreach (var span in batch.Spans)
        {
            var count = (span.Count + PagedCache.BlockTokens - 1) / PagedCache.BlockTokens;
            spans.Add(span with { BlockTables = [[.. Enumerable.Range(used, count)]] });
            used += count;
        }
        if (used > blocks)
        {
            Cache?.Dispose();
            Cache = PagedCache.OfOneLayer(blueprint, used, form);
            blocks = used;
        }
        return batch with { Spans = spans.MoveToImmutable() };
    }

    public void Dispose() => Cache?.Dispose();
}
