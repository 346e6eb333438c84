// The log-probabilities of a given answer, token by token. Needs a network that is not in use: it replaces its cache.
using System.Collections.Immutable;
using Majlis.Model;

namespace Majlis.Inference;

public static class TokenScorer
{
    /// <summary>Rows of logits kept at once; 512 rows of 256,000 fp32 logits are half a gigabyte.</summary>
    const int ChunkTokens = 512;

    /// <summary>
    /// log p(completion[i] | prompt, completion[..i]) at temperature 1: fp32 log-softmax of the raw logits, one number per completion
    /// token.
    /// </summary>
    /// <exception cref="ArgumentException">The prompt is empty: nothing predicts the first completion token.</exception>
    public static float[] LogProbabilities(INetwork network, ReadOnlySpan<int> prompt, ReadOnlySpan<int> completion)
    {
        if (prompt.IsEmpty) throw new ArgumentException("Scoring needs at least one prompt token.", nameof(prompt));
        int[] tokens = [.. prompt, .. completion];
        var scores = new float[completion.Length];
        // The logits of the last token are not needed.
        var length = tokens.Length - 1;
        var groups = network.Blueprint.CacheGroups.Length;
        var blocks = Math.Max(1, (length + network.BlockSize - 1) / network.BlockSize);
        network.AllocateCache(Enumerable.Repeat(blocks, groups).ToArray());
        ImmutableArray<ImmutableArray<int>> tables = [.. Enumerable.Repeat<ImmutableArray<int>>([.. Enumerable.Range(0, blocks)], groups)];
        var logits = new float[network.Blueprint.VocabularySize];
        for (var start = 0; start < length; start += ChunkTokens)
        {
            var count = Math.Min(ChunkTokens, length - start);
            var firstRow = Math.Clamp(prompt.Length - 1 - start, 0, count);
            using var result = network.Forward(Chunk(tokens, start, count, firstRow, tables));
            for (var row = 0; row < count - firstRow; row++)
            {
                result.ReadLogits(row, logits);
                var next = tokens[start + firstRow + row + 1];
                scores[start + firstRow + row + 1 - prompt.Length] = (float)(logits[next] - LogProbs.LogSumExp(logits));
            }
        }
        return scores;
    }

    static ForwardBatch Chunk(int[] tokens, int start, int count, int firstRow, ImmutableArray<ImmutableArray<int>> tables) => new()
    {
        Tokens = tokens[start..(start + count)],
        Positions = [.. Enumerable.Range(start, count)],
        Spans = [new(0, count, start, tables, Known: tokens.Length)],
        Rows = firstRow == count ? LogitRows.None : LogitRows.At([.. Enumerable.Range(firstRow, count - firstRow)]),
    };
}
