// The batch of a step and its rows of logits, in the order in which the network gives them: rows that tokens are drawn from, and rows of
// prompts whose own next token is scored. Knows neither sampling nor the schedule.
using System.Collections.Immutable;
using Majlis.Model;

namespace Majlis.Inference;

/// <param name="Scored">The prompt position whose next token the row scores; null where a token is drawn from it.</param>
/// <param name="Ahead">
/// How many guesses come before the token that is drawn from it: it holds where all of them are drawn. The rows of a sequence follow each
/// other.
/// </param>
readonly record struct StepRow(Generation Generation, int? Scored, int Ahead = 0);

/// <param name="Span">The place of its tokens in the batch.</param>
readonly record struct PooledSpan(Generation Generation, int Span, int Start, int Count);

sealed class StepRows
{
    readonly List<PooledSpan> pooled = [];
    readonly List<StepRow> rows = [];

    public IReadOnlyList<StepRow> All => rows;

    /// <summary>The sequences whose states the step pools; fixed shapes pool none.</summary>
    public IReadOnlyList<PooledSpan> Pooled => pooled;

    public void Clear()
    {
        rows.Clear();
        pooled.Clear();
    }

    /// <summary>A batch of the scheduled tokens of <paramref name="part"/>. Its rows are added to those there are.</summary>
    public ForwardBatch Batch(List<Generation> part, bool isDeterministic)
    {
        var count = part.Sum(generation => generation.Sequence.Scheduled);
        var (tokens, positions, at) = (new int[count], new int[count], 0);
        var spans = ImmutableArray.CreateBuilder<SequenceSpan>(part.Count);
        var wanted = ImmutableArray.CreateBuilder<int>(part.Count);
        foreach (var generation in part)
        {
            var sequence = generation.Sequence;
            var length = sequence.Scheduled;
            var known = length - sequence.Guessed;
            sequence.Tokens.Slice(sequence.Computed, known).CopyTo(tokens.AsSpan(at));
            sequence.Guesses.AsSpan(0, sequence.Guessed).CopyTo(tokens.AsSpan(at + known));
            for (var i = 0; i < length; i++) positions[at + i] = sequence.Computed + i;
            if (generation.Request.Pools) pooled.Add(new(generation, spans.Count, sequence.Computed, length));
            spans.Add(new(at, length, sequence.Computed, sequence.BlockTables, generation.Adapter, sequence.Known));
            Want(generation, at, wanted);
            at += length;
        }
        var areLast = wanted.SequenceEqual(spans.Select(span => span.Start + span.Count - 1));
        return new()
        {
            Tokens = tokens,
            Positions = positions,
            Spans = spans.MoveToImmutable(),
            Rows = areLast ? LogitRows.Last : wanted.Count == 0 ? LogitRows.None : LogitRows.At(wanted.ToImmutable()),
            IsDeterministic = isDeterministic,
            Pooling = isDeterministic || pooled.Count == 0 ? Pooling.None : pooled[0].Generation.Model.Pooling,
        };
    }

    void Want(Generation generation, int start, ImmutableArray<int>.Builder wanted)
    {
        var sequence = generation.Sequence;
        var end = sequence.Computed + sequence.Scheduled - sequence.Guessed;
        for (var position = sequence.FirstWanted; position < Math.Min(end, sequence.PromptLength - 1); position++)
        {
            rows.Add(new(generation, position));
            wanted.Add(start + position - sequence.Computed);
        }
        if (end < sequence.Length) return;
        for (var ahead = 0; ahead <= sequence.Guessed; ahead++)
        {
            rows.Add(new(generation, null, ahead));
            wanted.Add(start + sequence.Scheduled - 1 - sequence.Guessed + ahead);
        }
    }
}
