// Cuts a step's attention into pieces for the threads: up to 32 query rows of one key head of one sequence, and all or some of its keys.
using Majlis.Cpu.Attention;
using Majlis.Model;

namespace Majlis.Cpu.Steps;

/// <summary>
/// Rows First .. First + Count - 1 of a sequence's rows for a key head; row r is token r / G, query head r % G of the group. Part tells
/// which of their keys.
/// </summary>
readonly record struct AttentionItem(int Span, int Head, int First, int Count, KeyPart Part)
{
    /// <summary>
    /// The dearest first. Where few of the dear ones are left over for <paramref name="members"/> threads, these are cut, so that none of
    /// the threads is idle.
    /// </summary>
    public static AttentionItem[] Of(ForwardBatch batch, AttentionBlueprint attention, int members)
    {
        var items = new List<AttentionItem>();
        for (var s = 0; s < batch.Spans.Length; s++)
        {
            var rows = batch.Spans[s].Count * (attention.Heads / attention.KeyValueHeads);
            for (var first = (rows - 1) / AttentionTile.Rows * AttentionTile.Rows; first >= 0; first -= AttentionTile.Rows)
                for (var head = 0; head < attention.KeyValueHeads; head++)
                    items.Add(new(s, head, first, Math.Min(AttentionTile.Rows, rows - first), KeyPart.Whole));
        }
        AttentionItem[] sorted = [.. items.OrderByDescending(Cost)];
        // An answer's few rows fill no gap that a prompt's many leave.
        var dear = sorted.Count(item => 2 * Cost(item) >= Cost(sorted[0]));
        var over = dear % members;
        // Of many items the last ones are a small part.
        return over == 0 || dear > 4 * members ? sorted
            : [.. sorted[..(dear - over)], .. sorted[(dear - over)..dear].SelectMany((item, i) => Cut(item, i)), .. sorted[dear..]];

        long Cost(AttentionItem item) => AttentionItem.Cost(item, batch.Spans[item.Span], attention);

        IEnumerable<AttentionItem> Cut(AttentionItem item, int split)
        {
            var stretches = item.Stretches(batch.Spans[item.Span], attention);
            var needed = (members + over - 1) / over;
            // As many as every thread gets the same number of.
            var even = Enumerable.Range(1, members).First(parts => over * parts % members == 0);
            return stretches < needed ? item.CutRows(needed) : item.CutKeys(split, Math.Min(even, stretches));
        }
    }

    /// <summary>Stretches of keys that its rows see.</summary>
    public int Stretches(SequenceSpan span, AttentionBlueprint attention) => AttentionRun.Stretches(Position(First, span, attention),
        Position(First + Count - 1, span, attention), attention.Window).Count;

    // Keys that its last query sees, for each query.
    static long Cost(AttentionItem item, SequenceSpan span, AttentionBlueprint attention) => (long)item.Count
        * Math.Min(attention.Window ?? int.MaxValue, Position(item.First + item.Count - 1, span, attention) + 1);

    static int Position(int row, SequenceSpan span, AttentionBlueprint attention) =>
        attention.IsCausal ? span.Cached + row / (attention.Heads / attention.KeyValueHeads) : span.Count - 1;

    IEnumerable<AttentionItem> CutKeys(int split, int parts)
    {
        for (var part = 0; part < parts; part++) yield return this with { Part = new(part, parts, split) };
    }

    // All of them read the same keys: for few of these.
    IEnumerable<AttentionItem> CutRows(int parts)
    {
        var rows = (Count + parts - 1) / parts;
        for (var first = 0; first < Count; first += rows)
            yield return this with { First = First + first, Count = Math.Min(rows, Count - first) };
    }
}
