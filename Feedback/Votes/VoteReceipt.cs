// The outcome of a vote. Every case is expected: the wire has a status for each.
namespace Majlis.Feedback.Votes;

public enum VoteOutcome
{
    /// <summary>New, and durable.</summary>
    Stored,

    /// <summary>The same voter gave the same verdict before; it is durable.</summary>
    Repeated,

    /// <summary>Another verdict stands, and the first is final.</summary>
    Conflict,

    /// <summary>No such battle, or nobody voted within a day.</summary>
    UnknownBattle,

    /// <summary>Another rater's battle.</summary>
    NotYours,

    /// <summary>The store cannot confirm it now: recorded or not, the vote may be sent again.</summary>
    Unavailable,
}

/// <param name="Number">The number of the vote that stands, where one does.</param>
/// <param name="Reason">For people, where the vote was not accepted.</param>
public sealed record VoteReceipt(VoteOutcome Outcome, long? Number, string? Reason);
