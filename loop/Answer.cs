// An answer as the scripted rater sees it. Data only.
namespace Majlis.loop;

/// <param name="Tokens">All tokens, the end token included; none where the server did not tell them.</param>
/// <param name="IsCut">Whether the answer ran into the token limit.</param>
sealed record Answer(int[] Tokens, string Text, bool IsCut)
{
    public static Answer Empty { get; } = new([], "", IsCut: false);

    /// <summary>Characters, without surrounding white space.</summary>
    public int Length => Text.Trim().Length;
}
