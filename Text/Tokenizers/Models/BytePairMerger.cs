// The merging, in two algorithms: a scan for short words, and a heap for long ones, so that a long run of one letter takes n log n.
// Both take the lowest rank first and, among equals, the leftmost pair.
using System.Buffers;

namespace Majlis.Text.Tokenizers.Models;

static class BytePairMerger
{
    /// <summary>Merges in place; quadratic, so only for lengths that <see cref="WordCache"/> keeps.</summary>
    public static void MergeShort(ref Symbols symbols, MergeTable merges)
    {
        Span<int> ranks = stackalloc int[symbols.Count + 1];
        for (var i = 0; i + 1 < symbols.Count; i++) ranks[i] = merges.Rank(symbols.Ids[i], symbols.Ids[i + 1]);
        while (symbols.Count > 1)
        {
            var best = 0;
            for (var i = 1; i < symbols.Count - 1; i++)
                if (ranks[i] < ranks[best]) best = i;
            if (ranks[best] == int.MaxValue) return;
            merges.TryGet(symbols.Ids[best], symbols.Ids[best + 1], out _, out var merged);
            symbols.Ids[best] = merged;
            symbols.Ends[best] = symbols.Ends[best + 1];
            CloseGap(ref symbols, ranks, best + 1);
            if (best > 0) ranks[best - 1] = merges.Rank(symbols.Ids[best - 1], merged);
            ranks[best] = best + 1 < symbols.Count ? merges.Rank(merged, symbols.Ids[best + 1]) : int.MaxValue;
        }
    }

    static void CloseGap(ref Symbols symbols, scoped Span<int> ranks, int gone)
    {
        symbols.Ids[(gone + 1)..symbols.Count].CopyTo(symbols.Ids[gone..]);
        symbols.Starts[(gone + 1)..symbols.Count].CopyTo(symbols.Starts[gone..]);
        symbols.Ends[(gone + 1)..symbols.Count].CopyTo(symbols.Ends[gone..]);
        ranks[(gone + 1)..symbols.Count].CopyTo(ranks[gone..]);
        symbols.Count--;
    }

    /// <summary>Merges in place in n log n: symbols form a linked list, candidate pairs a heap by (rank, position).</summary>
    public static void MergeLong(ref Symbols symbols, MergeTable merges)
    {
        var count = symbols.Count;
        var links = ArrayPool<int>.Shared.Rent(2 * count);
        var previous = links.AsSpan(0, count);
        var next = links.AsSpan(count, count);
        var queue = new PriorityQueue<int, ulong>(count);
        for (var i = 0; i < count; i++)
        {
            (previous[i], next[i]) = (i - 1, i + 1 < count ? i + 1 : -1);
            if (i + 1 < count) Offer(queue, merges, symbols.Ids, i, i + 1);
        }
        while (queue.TryDequeue(out var left, out var priority))
        {
            var right = next[left];
            if (right < 0 || symbols.Ids[left] < 0) continue;
            // The pair may have changed since it was queued; its present form is queued separately.
            var stillMerges = merges.TryGet(symbols.Ids[left], symbols.Ids[right], out var rank, out var merged);
            if (!stillMerges || (int)(priority >> 32) != rank) continue;
            (symbols.Ids[left], symbols.Ends[left]) = (merged, symbols.Ends[right]);
            symbols.Ids[right] = -1;
            next[left] = next[right];
            if (next[left] >= 0)
            {
                previous[next[left]] = left;
                Offer(queue, merges, symbols.Ids, left, next[left]);
            }
            if (previous[left] >= 0) Offer(queue, merges, symbols.Ids, previous[left], left);
        }
        ArrayPool<int>.Shared.Return(links);
        Compact(ref symbols);
    }

    static void Offer(PriorityQueue<int, ulong> queue, MergeTable merges, Span<int> ids, int left, int right)
    {
        var rank = merges.Rank(ids[left], ids[right]);
        if (rank != int.MaxValue) queue.Enqueue(left, (ulong)(uint)rank << 32 | (uint)left);
    }

    static void Compact(ref Symbols symbols)
    {
        var kept = 0;
        for (var i = 0; i < symbols.Count; i++)
        {
            if (symbols.Ids[i] < 0) continue;
            (symbols.Ids[kept], symbols.Starts[kept], symbols.Ends[kept]) = (symbols.Ids[i], symbols.Starts[i], symbols.Ends[i]);
            kept++;
        }
        symbols.Count = kept;
    }
}
