// An answer as the scripted rater sees it. Data only.
namespace Majlis.loop;

/// <param name="Tokens">All of them, the one that ended it among them; none where they were not told.</param>
/// <param name="IsCut">It ran into the limit of tokens.</param>
sealed record Answer(int[] Tokens, string Text, bool IsCut)
{
    public static Answer Empty { get; } = new([], "", IsCut: false);

    /// <summary>Characters, white space around them aside.</summary>
    public int Length => Text.Trim().Length;
}
