// A vote on a battle, and its stored form. Does not know how it got here.
using System.Collections.Immutable;

namespace Majlis.Feedback.Votes;

/// <summary>The voter's verdict. A and B mean the shown order.</summary>
public enum Verdict
{
    A,
    B,
    Tie,
    BothBad,
    Skip,
}

/// <param name="Tags">The voter's topics, e.g. <c>coding</c>; may be empty.</param>
/// <param name="Voter">Keyed hash of the voter (<see cref="VoterHash"/>): never a name, never from a request's body.</param>
/// <param name="VoterKind">One of <see cref="VoterKinds"/>, or the host's own name.</param>
/// <param name="DwellMs">How long both answers were shown before the vote, in milliseconds, where the page measured it.</param>
/// <param name="RevealedBeforeVote">Whether the voter knew which model was which.</param>
public sealed record Vote(
    string BattleId,
    Verdict Verdict,
    ImmutableArray<string> Tags,
    string? Comment,
    string Voter,
    string VoterKind,
    long? DwellMs,
    bool RevealedBeforeVote)
{
    /// <summary>Keyed hash (<see cref="VoterHash"/>) of the network the vote came from; null where it is not known.</summary>
    public string? Address { get; init; }

    /// <summary>Age of the voter's cookie; null where it does not tell, or the voter has a key.</summary>
    public TimeSpan? CookieAge { get; init; }
}

/// <summary>The kinds of voters whose votes are weighed differently.</summary>
public static class VoterKinds
{
    public const string Person = "person";
    public const string Scripted = "scripted";
    public const string Judge = "judge";
}

/// <summary>Doubts noted as the vote came in. They lower its weight later; no vote is lost.</summary>
/// <param name="VotesThisMinute">Votes of this voter within the minute, this one included.</param>
/// <param name="DuplicatePrompt">Whether this voter had voted on the same prompt before.</param>
public sealed record GateMarks(int VotesThisMinute, bool DuplicatePrompt);

/// <summary>A vote with its battle, as the trainer reads it.</summary>
/// <param name="Number">Its place in the order of votes: unique, rising, starting at 1.</param>
public sealed record StoredVote(long Number, Battle Battle, Vote Vote, DateTimeOffset At)
{
    public GateMarks Marks { get; init; } = new(1, false);

    /// <summary>Who counts as one voter: the voter, unless several cookies are known to be one source.</summary>
    public string Source { get; init; } = Vote.Voter;

    /// <summary>Names the vote in manifests: the battle's id, and the voter where several may vote on one battle.</summary>
    public string Id => Battle.Rater == Battle.Anyone ? $"{Battle.Id}/{Vote.Voter}" : Battle.Id;
}
