// How a step's attention is cut for threads: every query row belongs to one piece, and no thread is left without one.
using Majlis.Cpu.Steps;
using Majlis.Model;
using Majlis.tests.Inference;
using Xunit;

namespace Majlis.tests.Cpu;

public sealed class AttentionItemTests
{
    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(1, 2, 4)]
    [InlineData(1, 4, 6)]
    [InlineData(1, 8, 9)]
    [InlineData(40, 2, 12)]
    [InlineData(12, 4, 9)]
    public void Each_row_is_computed_once_and_what_is_left_over_is_shared(int tokens, int members, int pieces)
    {
        var attention = SmolShape.Blueprint().Layers[0].Attention;
        var batch = new ForwardBatch
        {
            Tokens = [.. Enumerable.Repeat(0, tokens)],
            Positions = [.. Enumerable.Range(0, tokens)],
            Spans = [new SequenceSpan(0, tokens, 0, [])],
        };
        var items = AttentionItem.Of(batch, attention, members);
        var rows = items.SelectMany(item => Enumerable.Range(item.First, item.Count).Select(row => (item.Head, row))).Order();
        var all = Enumerable.Range(0, 3).SelectMany(head => Enumerable.Range(0, 3 * tokens).Select(row => (head, row)));
        Assert.Equal(all, rows);
        Assert.Equal(pieces, items.Length);
    }

    /// <summary>Rows that are cut would each read all keys anew; keys that are cut are read once.</summary>
    [Theory]
    [InlineData(1, 2, 300, 4)]
    [InlineData(1, 2, 3000, 4)]
    [InlineData(1, 4, 3000, 12)]
    [InlineData(4, 8, 700, 9)]
    [InlineData(4, 16, 700, 18)]
    public void Behind_many_keys_what_is_left_over_is_cut_by_keys(int tokens, int members, int cached, int pieces)
    {
        var attention = SmolShape.Blueprint().Layers[0].Attention;
        var batch = new ForwardBatch
        {
            Tokens = [.. Enumerable.Repeat(0, tokens)],
            Positions = [.. Enumerable.Range(cached, tokens)],
            Spans = [new SequenceSpan(0, tokens, cached, [])],
        };
        var items = AttentionItem.Of(batch, attention, members);
        Assert.Equal(pieces, items.Length);
        foreach (var rows in items.GroupBy(item => (item.Head, item.First)))
            Assert.Equal(Enumerable.Range(0, rows.First().Part.Count), rows.Select(item => item.Part.Index));
    }

    /// <summary>Threads claim one piece after another; what the last of them has less than the first is time in which it waits.</summary>
    [Theory]
    [InlineData(4, 2)]
    [InlineData(7, 2)]
    [InlineData(4, 3)]
    public void A_prompt_beside_an_answer_keeps_all_threads_busy(int tokens, int members)
    {
        const int Read = 3000;
        var attention = SmolShape.Blueprint().Layers[0].Attention;
        var batch = new ForwardBatch
        {
            Tokens = [.. Enumerable.Repeat(0, 1 + tokens)],
            Positions = [20, .. Enumerable.Range(Read, tokens)],
            Spans = [new SequenceSpan(0, 1, 20, []), new SequenceSpan(1, tokens, Read, [])],
        };
        var busy = new long[members];
        foreach (var item in AttentionItem.Of(batch, attention, members))
            busy[Array.IndexOf(busy, busy.Min())] += item.Count * (batch.Spans[item.Span].Cached + 1L) / item.Part.Count;
        Assert.InRange(busy.Min(), 0.9 * busy.Max(), busy.Max());
    }
}
