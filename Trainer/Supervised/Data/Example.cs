// One text to learn from: token ids, and which of them count. Knows its place in the data for messages; knows no text.
namespace Majlis.Trainer.Supervised.Data;

/// <param name="Tokens">Ids, at least two.</param>
/// <param name="IsTarget">For each token whether it belongs to the completion; the others are the prompt's.</param>
/// <param name="Place">File and line it was read from.</param>
public sealed record Example(int[] Tokens, bool[] IsTarget, string Place)
{
    /// <summary>Whether any token after the first, which nothing predicts, is a target.</summary>
    public bool HasTarget => IsTarget.AsSpan(1).Contains(true);

    /// <summary>Cut to <paramref name="length"/> tokens: the first (TRL's keep_start) or the last ones (keep_end).</summary>
    public Example CutTo(int length, bool keepsEnd = false) => Tokens.Length <= length ? this
        : keepsEnd ? new(Tokens[^length..], IsTarget[^length..], Place) : new(Tokens[..length], IsTarget[..length], Place);
}
