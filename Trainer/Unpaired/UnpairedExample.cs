// A single answer that is good or bad, for the trainer: token ids, a label and a weight. Knows no votes and no text.
using Majlis.Trainer.Sequences;

namespace Majlis.Trainer.Unpaired;

/// <summary><paramref name="Id"/> names the example in records and caches.</summary>
public sealed record UnpairedExample(string Id, int[] Prompt, int[] Completion, bool IsDesirable, double Weight = 1)
{
    /// <summary>Another example's completion, by which KTO measures how far the policy has moved.</summary>
    public int[] Mismatched { get; init; } = [];

    public TokenRow Row => new(Id + "/completion", Prompt, Completion);

    public TokenRow MismatchedRow => new(Id + "/mismatched", Prompt, Mismatched);

    /// <summary>
    /// Cut to <paramref name="length"/> tokens from the start; null when the prompt alone is as long (TRL's keep_start).
    /// </summary>
    public UnpairedExample? CutTo(int? length)
    {
        if (length is not { } most) return this;
        return Prompt.Length >= most ? null : this with { Completion = Cut(Completion, most), Mismatched = Cut(Mismatched, most) };
    }

    /// <summary>
    /// Gives each example the completion of the one before it, in turn within groups of <paramref name="size"/>, as TRL does. A group of
    /// one has its own.
    /// </summary>
    public static IReadOnlyList<UnpairedExample> Mismatch(IReadOnlyList<UnpairedExample> examples, int size) =>
        [.. examples.Chunk(size).SelectMany(group => group.Select((example, index) =>
            example with { Mismatched = group[(index + group.Length - 1) % group.Length].Completion }))];

    int[] Cut(int[] completion, int most) =>
        Prompt.Length + completion.Length <= most ? completion : completion[..(most - Prompt.Length)];
}
