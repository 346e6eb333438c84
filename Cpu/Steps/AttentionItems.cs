// Cuts a step's attention into pieces for the threads: up to 32 query rows of one key head of one sequence.
using Majlis.Cpu.Attention;
using Majlis.Model;

namespace Majlis.Cpu.Steps;

/// <summary>
/// Rows First .. First + Count - 1 of a sequence's rows for a key head; row r is token r / G, query head r % G of the group.
/// </summary>
readonly record struct AttentionItem(int Span, int Head, int First, int Count)
{
    /// <summary>
    /// The dearest first. Where few of the dear ones are left over for <paramref name="members"/> threads, these are cut by query heads, so
    /// that none of the threads is idle.
    /// </summary>
    public static AttentionItem[] Of(ForwardBatch batch, AttentionBlueprint attention, int members)
    {
        var items = new List<AttentionItem>();
        for (var s = 0; s < batch.Spans.Length; s++)
        {
            var rows = batch.Spans[s].Count * (attention.Heads / attention.KeyValueHeads);
            for (var first = (rows - 1) / AttentionTile.Rows * AttentionTile.Rows; first >= 0; first -= AttentionTile.Rows)
                for (var head = 0; head < attention.KeyValueHeads; head++)
                    items.Add(new(s, head, first, Math.Min(AttentionTile.Rows, rows - first)));
        }
        AttentionItem[] sorted = [.. items.OrderByDescending(Cost)];
        // An answer's few rows fill no gap that a prompt's many leave.
        var dear = sorted.Count(item => 2 * Cost(item) >= Cost(sorted[0]));
        var over = dear % members;
        // Of many items the last ones are a small part.
        return over == 0 || dear > 4 * members ? sorted
            : [.. sorted[..(dear - over)], .. sorted[(dear - over)..dear].SelectMany(item => item.Cut((members + over - 1) / over)),
                .. sorted[dear..]];

        long Cost(AttentionItem item) => item.Cost(batch.Spans[item.Span], attention);
    }

    // Keys that its last query sees, for each query.
    long Cost(SequenceSpan span, AttentionBlueprint attention)
    {
        var last = attention.IsCausal ? (First + Count - 1) / (attention.Heads / attention.KeyValueHeads) : span.Count - 1;
        return (long)Count * Math.Min(attention.Window ?? int.MaxValue, span.Cached + last + 1);
    }

    IEnumerable<AttentionItem> Cut(int parts)
    {
        var rows = (Count + parts - 1) / parts;
        for (var first = 0; first < Count; first += rows)
            yield return this with { First = First + first, Count = Math.Min(rows, Count - first) };
    }
}
