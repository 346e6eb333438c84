// Rows of prompt and completion as one batch, padded on the right. [R, T]. Knows no pairs, no labels and no loss.
using static TorchSharp.torch;

namespace Majlis.Trainer.Sequences;

/// <param name="Key">Names the row in caches of scores.</param>
/// <param name="Prompt">Ids before the completion; may be empty, then nothing predicts the completion's first token.</param>
/// <param name="Completion">Ids, with the end token where the model wrote one.</param>
public sealed record TokenRow(string Key, int[] Prompt, int[] Completion)
{
    /// <summary>The row's last tokens only: the prompt is cut first (TRL's keep_end).</summary>
    public TokenRow LastOf(int? tokens)
    {
        var over = tokens is { } most ? Prompt.Length + Completion.Length - most : 0;
        return over <= 0 ? this
            : this with { Prompt = Prompt[Math.Min(over, Prompt.Length)..], Completion = Completion[Math.Max(0, over - Prompt.Length)..] };
    }

    /// <summary>Completion tokens that something predicts.</summary>
    public int Predicted => Prompt.Length > 0 ? Completion.Length : Completion.Length - 1;
}

/// <summary>Token ids and masks of some rows. Owns its tensors.</summary>
public sealed class SequenceBatch : IDisposable
{
    SequenceBatch(IReadOnlyList<TokenRow> rows, int pad, bool wholeText)
    {
        (Rows, Width) = (rows, rows.Max(row => row.Prompt.Length + row.Completion.Length));
        var (tokens, mask) = (new long[rows.Count * Width], new long[rows.Count * Width]);
        var (scored, labels, completions, completionScores) = (new List<long>(), new List<long>(), new List<long>(), new List<long>());
        var places = new List<(int, int)>();
        Array.Fill(tokens, pad);
        foreach (var (r, row) in rows.Index())
            for (var t = 0; t < row.Prompt.Length + row.Completion.Length; t++)
            {
                var isCompletion = t >= row.Prompt.Length;
                tokens[r * Width + t] = isCompletion ? row.Completion[t - row.Prompt.Length] : row.Prompt[t];
                mask[r * Width + t] = 1;
                if (t == 0 || !isCompletion && !wholeText) continue;
                if (isCompletion)
                {
                    completions.Add(r * (Width - 1) + t - 1);
                    completionScores.Add(scored.Count);
                }
                scored.Add(r * (Width - 1) + t - 1);
                places.Add((r, t - 1));
                labels.Add(tokens[r * Width + t]);
            }
        Tokens = tensor(tokens, rows.Count, Width);
        Mask = tensor(mask, rows.Count, Width);
        Scored = tensor(scored.ToArray());
        Labels = tensor(labels.ToArray());
        Completions = tensor(completions.ToArray());
        CompletionScores = wholeText ? tensor(completionScores.ToArray()) : null;
        (TokenCount, ScoredAt) = ((int)mask.Sum(), places);
    }

    public IReadOnlyList<TokenRow> Rows { get; }

    /// <summary>T: tokens of the longest row.</summary>
    public int Width { get; }

    /// <summary>[R, T] ids.</summary>
    public Tensor Tokens { get; }

    /// <summary>[R, T] int64, 1 at real tokens.</summary>
    public Tensor Mask { get; }

    /// <summary>[S] positions in the flattened [R, T-1] whose next token is scored, row by row.</summary>
    public Tensor Scored { get; }

    /// <summary>The same as row and place in the row.</summary>
    public IReadOnlyList<(int Row, int At)> ScoredAt { get; }

    /// <summary>[S] ids of those next tokens.</summary>
    public Tensor Labels { get; }

    /// <summary>[K] those of the scored positions whose next token is a completion's, in the flattened [R, T-1].</summary>
    public Tensor Completions { get; }

    /// <summary>[K] the same as indices into <see cref="Scored"/>; null where all that is scored are completions.</summary>
    public Tensor? CompletionScores { get; }

    public int TokenCount { get; }

    /// <param name="rows">At least one.</param>
    /// <param name="pad">The id after a row's end.</param>
    /// <param name="wholeText">Scores the prompts' tokens too.</param>
    public static SequenceBatch Of(IReadOnlyList<TokenRow> rows, int pad, bool wholeText = false) => new(rows, pad, wholeText);

    /// <summary>Completion tokens of the first <paramref name="rows"/> rows.</summary>
    public int CompletionsOf(int rows) => Rows.Take(rows).Sum(row => row.Predicted);

    /// <summary>[R] fp32 completion tokens of each row.</summary>
    public Tensor Lengths() => tensor(Rows.Select(row => (float)row.Predicted).ToArray());

    /// <summary>Sums values of completion tokens, [K], row by row: [R].</summary>
    public Tensor SumRows(Tensor perToken) =>
        zeros((long)Rows.Count * (Width - 1)).scatter(0, Completions, perToken).view(Rows.Count, Width - 1).sum(1);

    public void Dispose()
    {
        foreach (var owned in new[] { Tokens, Mask, Scored, Labels, Completions }) owned.Dispose();
        CompletionScores?.Dispose();
    }
}
