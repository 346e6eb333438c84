// The input and output of a network's step. Token ids and cache block numbers only: no text, no requests, no tensors.
// Legend: N = new tokens of all sequences, flattened; G = cache groups of the Blueprint; V = vocabulary.
using System.Collections.Immutable;

namespace Majlis.Model;

/// <summary>The new tokens of several sequences for one forward pass over a paged cache.</summary>
public sealed record ForwardBatch
{
    /// <summary>[N] token ids, sequence after sequence.</summary>
    public required int[] Tokens { get; init; }

    /// <summary>[N] position of each token in its own sequence.</summary>
    public required int[] Positions { get; init; }

    /// <summary>[N] the segment of each token, for encoders that tell a question from a passage; null: all are of the first.</summary>
    public int[]? TokenTypes { get; init; }

    /// <summary>Each sequence's range of tokens; they cover <see cref="Tokens"/> in order, without gaps.</summary>
    public required ImmutableArray<SequenceSpan> Spans { get; init; }

    /// <summary>The tokens whose logits are wanted.</summary>
    public LogitRows Rows { get; init; } = LogitRows.Last;

    /// <summary>
    /// Computes every number by products of one fixed shape, with each token in a row that only its position decides: the bits do not
    /// depend on the rest of the batch or on how a sequence is cut into steps. Slower; needs a cache that only such batches wrote; pools
    /// nothing.
    /// </summary>
    public bool IsDeterministic { get; init; }

    /// <summary>The pooling over each sequence, if any.</summary>
    public Pooling Pooling { get; init; } = Pooling.None;
}

/// <summary>
/// One sequence in a batch: <see cref="Count"/> new tokens from <see cref="Start"/> in the flat arrays, after
/// <see cref="Cached"/> tokens that are in the cache already. <see cref="BlockTables"/>[g][i] is the block of cache group g that
/// holds positions i*BlockSize .. (i+1)*BlockSize-1, or -1 if a sliding window has passed it. <see cref="Known"/> is how many
/// of its tokens were known when its first key was computed (a prompt fed in chunks); 0: those of this span and before it. Rotary
/// scalings that depend on the length use it.
/// </summary>
public readonly record struct SequenceSpan(
    int Start, int Count, int Cached, ImmutableArray<ImmutableArray<int>> BlockTables, int Adapter = -1, int Known = 0)
{
    /// <summary>
    /// The length that sets the rotation of the token at <paramref name="position"/>: that of the sequence when the token came. So a
    /// sequence that is computed anew turns each token as before.
    /// </summary>
    public int LengthAt(int position) => Known == 0 ? Cached + Count : Math.Max(position + 1, Known);
}

/// <summary>The rows of logits that a forward pass keeps, in the order of the flat tokens (or of the list).</summary>
public abstract record LogitRows
{
    public static LogitRows None { get; } = new NoRows();
    public static LogitRows Last { get; } = new LastRows();
    public static LogitRows All { get; } = new AllRows();
    public static LogitRows At(ImmutableArray<int> tokenIndices) => new ListedRows(tokenIndices);

    public sealed record NoRows : LogitRows;
    public sealed record LastRows : LogitRows;
    public sealed record AllRows : LogitRows;
    public sealed record ListedRows(ImmutableArray<int> TokenIndices) : LogitRows;
}

/// <summary>A vector per sequence, beside the logits: sentence embeddings (mean or first token) or a reward head's score.</summary>
public enum Pooling { None, Mean, First, Last, Score }

/// <summary>The result of one forward pass on the device. Read or sample rows, then dispose.</summary>
public abstract class ForwardResult : IDisposable
{
    /// <summary>How many rows of logits are kept.</summary>
    public abstract int RowCount { get; }

    /// <summary>Copies one row of raw logits (after scale and soft-cap), widened to fp32, [V].</summary>
    public abstract void ReadLogits(int row, Span<float> logits);

    /// <summary>Draws one token per plan, on the device if it can; only ids and log-probabilities come back.</summary>
    public abstract void Sample(ReadOnlySpan<SamplingPlan> plans, Span<SampledToken> tokens);

    /// <summary>The pooled vector of sequence <paramref name="sequence"/>, fp32.</summary>
    public abstract float[] ReadPooled(int sequence);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}

/// <summary>
/// How to draw one row's token: temperature 0 is greedy (the lowest id wins a tie); otherwise temperature, then min-p, top-k and
/// top-p in that order, then the inverse of the cumulative distribution, ascending by id, at <see cref="Uniform"/> in [0, 1).
/// </summary>
public readonly record struct SamplingPlan(int Row, float Temperature, int TopK, float TopP, float MinP, double Uniform)
{
    /// <summary>[ceil(V / 64)] A bit for each token that may be drawn, at least one; empty: all may be. Others weigh nothing.</summary>
    public ReadOnlyMemory<ulong> Allowed { get; init; }
}

/// <summary>A drawn token and its log-probability at temperature 1 (fp32 log-softmax of the raw logits).</summary>
public readonly record struct SampledToken(int Id, float LogProbability);
