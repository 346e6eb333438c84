// A preference pair for the trainer: token ids and a weight. Knows no votes and no text.
using Majlis.Trainer.Sequences;

namespace Majlis.Trainer.Preference;

/// <summary>
/// Completions end with the end token where the model wrote one. <paramref name="Id"/> names the pair in records and caches.
/// </summary>
public sealed record TrainingPair(string Id, int[] Prompt, int[] Chosen, int[] Rejected, double Weight = 1)
{
    /// <summary>How much the chosen answer is preferred, for a reward model; 0 where nobody said.</summary>
    public double Margin { get; init; }

    /// <summary>Each side's row is cut to so many last tokens (TRL's keep_end); null leaves it.</summary>
    public int? LastTokens { get; init; }

    /// <summary>The chosen answers' rows, then the rejected ones'.</summary>
    public static IReadOnlyList<TokenRow> Rows(IReadOnlyList<TrainingPair> pairs) =>
    [
        .. pairs.Select(pair => new TokenRow(pair.Id + "/chosen", pair.Prompt, pair.Chosen).LastOf(pair.LastTokens)),
        .. pairs.Select(pair => new TokenRow(pair.Id + "/rejected", pair.Prompt, pair.Rejected).LastOf(pair.LastTokens)),
    ];

    /// <summary>
    /// Cut to <paramref name="length"/> tokens per side from the start; null when the prompt alone is as long (TRL's keep_start).
    /// </summary>
    public TrainingPair? CutTo(int? length)
    {
        if (length is not { } most) return this;
        if (Prompt.Length >= most) return null;
        return this with { Chosen = Cut(Chosen, most - Prompt.Length), Rejected = Cut(Rejected, most - Prompt.Length) };
    }

    static int[] Cut(int[] tokens, int most) => tokens.Length <= most ? tokens : tokens[..most];
}
