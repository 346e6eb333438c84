// Splits a batch into tiles of one shape. A tile holds tokens of one sequence, each in the row given by its position modulo the tile's
// rows. So a token's matrix products never depend on the rest of the batch or on where a step was cut (like batch-invariant kernels:
// https://thinkingmachines.ai/blog/defeating-nondeterminism-in-llm-inference/). Plain numbers.
using Majlis.Model;

namespace Majlis.Torch;

/// <summary>Rows First .. First + Count - 1 of a tile that starts at position Base hold the batch's tokens from Start on.</summary>
readonly record struct FixedTile(SequenceSpan Sequence, int Start, int Base, int First, int Count);

static class FixedShape
{
    /// <summary>Rows per tile.</summary>
    public const int Rows = 32;

    /// <summary>The tiles in the batch's order, so that a tile's keys are written before a later tile reads them.</summary>
    public static IEnumerable<FixedTile> Tiles(ForwardBatch batch)
    {
        foreach (var span in batch.Spans)
            for (var done = 0; done < span.Count;)
            {
                var first = (span.Cached + done) % Rows;
                var count = Math.Min(Rows - first, span.Count - done);
                yield return new FixedTile(span, span.Start + done, span.Cached + done - first, first, count);
                done += count;
            }
    }

    /// <summary>The tile as a batch of <see cref="Rows"/> rows; its sequence covers some of them.</summary>
    public static ForwardBatch Batch(ForwardBatch batch, FixedTile tile)
    {
        var (tokens, span) = (new int[Rows], tile.Sequence);
        batch.Tokens.AsSpan(tile.Start, tile.Count).CopyTo(tokens.AsSpan(tile.First));
        return new()
        {
            Tokens = tokens,
            Positions = [.. Enumerable.Range(tile.Base, Rows)],
            Spans =
            [
                span with
                {
                    Start = tile.First,
                    Count = tile.Count,
                    Cached = tile.Base + tile.First,
                    Known = span.Known == 0 ? span.Cached + span.Count : span.Known,
                },
            ],
            IsDeterministic = true,
        };
    }
}
