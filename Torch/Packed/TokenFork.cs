// Rows of a packed batch that attend to each other: one sequence, or two that begin alike and share the rows of their beginning. Knows
// rows and positions, no numbers.
namespace Majlis.Torch.Packed;

/// <summary>
/// The rows before <paramref name="Second"/> are one sequence; those from there on go on after its first <paramref name="Stem"/> rows.
/// </summary>
/// <param name="First">First row in the batch.</param>
/// <param name="Length">Rows.</param>
/// <param name="Stem">Rows that both sequences have.</param>
/// <param name="Second">Where the second sequence's own rows begin; the length where there is none.</param>
readonly record struct TokenFork(int First, int Length, int Stem, int Second)
{
    public static TokenFork Alone(int first, int length) => new(first, length, length, length);

    /// <summary>The position, in its sequence, of row <paramref name="t"/> of these.</summary>
    public int Position(int t) => t < Second ? t : t - Second + Stem;

    /// <summary>The row of the second sequence's <paramref name="position"/>; <see cref="Position"/> backwards.</summary>
    public int SecondRow(int position) => position < Stem ? position : position - Stem + Second;

    /// <summary>Rows that row <paramref name="t"/> does not see though they come before it: the other sequence's own.</summary>
    public (int From, int To) Hidden(int t) => t < Second ? (t, t) : (Stem, Second);
}
