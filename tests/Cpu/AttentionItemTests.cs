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
            busy[Array.IndexOf(busy, busy.Min())] += item.Count * (batch.Spans[item.Span].Cached + 1L);
        Assert.InRange(busy.Min(), 0.9 * busy.Max(), busy.Max());
    }
}
