// How much a vote is believed: each doubt halves its weight and is counted by name. Knows one vote at a time.
namespace Majlis.Feedback;

/// <summary>Why a vote weighs less.</summary>
public enum Doubt
{
    /// <summary>The voter knew who was who.</summary>
    RevealedBeforeVote,

    /// <summary>This voter had judged the same prompt before.</summary>
    DuplicatePrompt,

    /// <summary>More votes within a minute than a person can give.</summary>
    TooManyAMinute,

    /// <summary>The answers cannot have been read in that time.</summary>
    TooFast,
}

static class VoteDoubts
{
    public static IEnumerable<Doubt> Of(StoredVote stored, PairOptions options)
    {
        var (vote, marks) = (stored.Vote, stored.Marks);
        if (vote.RevealedBeforeVote) yield return Doubt.RevealedBeforeVote;
        if (marks.DuplicatePrompt) yield return Doubt.DuplicatePrompt;
        if (vote.VoterKind != VoterKinds.Person) yield break; // A script or a judge is fast by nature.
        if (marks.VotesThisMinute > options.VotesPerMinute) yield return Doubt.TooManyAMinute;
        if (vote.DwellMs < options.LeastDwellMs) yield return Doubt.TooFast;
    }
}
