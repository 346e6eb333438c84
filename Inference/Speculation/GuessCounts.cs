// Where guesses come from, and how many of each kind were computed and right. Knows no sequence.
namespace Majlis.Inference.Speculation;

/// <summary>The grammar or the thinking's end leaves no other text; the sequence's own past; a small model.</summary>
public enum GuessKind { Forced, Lookup, Draft }

/// <param name="Computed">Guesses that a step computed.</param>
/// <param name="Right">Those of them that were drawn: tokens that took no step of their own.</param>
public readonly record struct GuessCount(long Computed, long Right)
{
    public static GuessCount operator +(GuessCount one, GuessCount other) => new(one.Computed + other.Computed, one.Right + other.Right);
}
