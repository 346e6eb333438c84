// One step's work for a network, and what comes back. Token ids and cache block numbers only: no text, no requests, no tensors.
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

    /// <summary>Which tokens belong to which sequence; covers <see cref="Tokens"/> in order, without gaps.</summary>
    public required ImmutableArray<SequenceSpan> Spans { get; init; }

    /// <summary>The tokens whose logits are wanted.</summary>
    public LogitRows Rows { get; init; } = LogitRows.Last;

    /// <summary>
    /// Every number comes out of products of one fixed shape, a token in a row that its position alone decides: the same bits whatever else is
    /// in the batch and however a sequence is cut into steps. Slower; needs a cache that such batches alone have written; pools nothing.
    /// </summary>
    public bool IsDeterministic { get; init; }

    /// <summary>What to pool over each sequence besides, if anything.</summary>
    public Pooling Pooling { get; init; } = Pooling.None;
}

/// <summary>
/// One sequence in a batch: <see cref="Count"/> new tokens from <see cref="Start"/> in the flat arrays, after
/// <see cref="Cached"/> tokens that are in the cache already. <see cref="BlockTables"/>[g][i] is the block of cache group g that
/// holds positions i*BlockSize .. (i+1)*BlockSize-1, or -1 where a sliding window has left it behind. <see cref="Known"/> tokens of it
/// are known to come in all (a prompt fed in pieces); rotary scalings that look at the length look there too.
/// </summary>
public readonly record struct SequenceSpan(int Start, int Count, int Cached, ImmutableArray<ImmutableArray<int>> BlockTables, int Adapter = -1,
    int Known = 0)
{
    public int Length => Math.Max(Cached + Count, Known);
}

/// <summary>Which rows of logits a forward pass is to keep, in the order of the flat tokens (or of the list).</summary>
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

/// <summary>A vector per sequence, besides logits: sentence embeddings (mean or first token) or a reward head's score.</summary>
public enum Pooling { None, Mean, First, Last, Score }

/// <summary>What one forward pass leaves on the device. Read or sample rows, then dispose.</summary>
public abstract class ForwardResult : IDisposable
{
    /// <summary>Rows of logits kept.</summary>
    public abstract int RowCount { get; }

    /// <summary>Copies one row of raw logits (after scale and soft-cap), widened to fp32, [V].</summary>
    public abstract void ReadLogits(int row, Span<float> logits);

    /// <summary>Draws one token per plan, on the device where it can; only ids and log-probabilities come back.</summary>
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
/// How to draw one row's token: temperature 0 is greedy (the lowest id of equals); otherwise temperature, then min-p, top-k and
/// top-p in that order, then the inverse of the cumulative distribution, ascending by id, at <see cref="Uniform"/> in [0, 1).
/// </summary>
public readonly record struct SamplingPlan(int Row, float Temperature, int TopK, float TopP, float MinP, double Uniform);

/// <summary>A drawn token and its log-probability at temperature 1 (fp32 log-softmax of the raw logits).</summary>
public readonly record struct SampledToken(int Id, float LogProbability);
