// The records that each stage of a round gives to the next, as kept on disk. Data only.
using System.Collections.Immutable;
using Majlis.Evaluation;
using Majlis.Feedback.Pairs;

namespace Majlis.Trainer.Rounds;

/// <summary>The start of a round: the weights it trains from and the version it will make.</summary>
/// <param name="Parent">The catalogue's current version, or null where a named model is served.</param>
/// <param name="MasterPath">Weights to train and merge from.</param>
/// <param name="ServePath">Weights the candidate is compared with.</param>
/// <param name="Reader">The reader in whose name votes are read and used up.</param>
public sealed record RoundStart(
    string Version, string? Parent, string MasterPath, string ServePath, string WeightsHash, string Reader, RoundOptions Options)
{
    /// <summary>The round's own copy of the rows beside votes, in its folder: what the option names may change; null = none.</summary>
    public string? Replay { get; init; }

    /// <summary>sha256 of that copy.</summary>
    public string? ReplayHash { get; init; }
}

/// <summary>The round's pairs, from votes after <paramref name="After"/> up to <paramref name="Through"/>.</summary>
public sealed record RoundPairs(
    long After, long Through, int Votes, ImmutableArray<PreferencePair> Training, ImmutableArray<PreferencePair> HeldOut,
    ImmutableSortedDictionary<string, int> Excluded, ImmutableArray<Expert> Experts)
{
    /// <summary>Doubts about the votes for readers of the verdict: why some weigh less, and how few voters there are.</summary>
    public ImmutableArray<string> Doubts { get; init; } = [];

    /// <summary>Answers of both-bad votes, where the round's loss learns from them.</summary>
    public ImmutableArray<BadAnswer> Bad { get; init; } = [];

    public RoundCounts Counts() => new(After, Through, Votes, Training.Length, HeldOut.Length, Excluded,
        Experts.ToImmutableSortedDictionary(expert => expert.Name, expert => expert.Pairs.Length),
        [.. Training.Concat(HeldOut).Select(pair => pair.Id), .. Bad.Select(bad => bad.Id.Split('/')[0]).Distinct()]);
}

/// <summary>What stays of the pairs once a round has ended. It holds no texts, tokens or voters, since those must be erasable.</summary>
public sealed record RoundCounts(
    long After, long Through, int Votes, int Training, int HeldOut, ImmutableSortedDictionary<string, int> Excluded,
    ImmutableSortedDictionary<string, int> Experts, ImmutableArray<string> VoteIds);

/// <summary>A trained expert, or why it was refused.</summary>
public sealed record ExpertResult(
    string Name, int Pairs, int Steps, double FirstLoss, double LastLoss, double Margin, double Accuracy, string? Refusal);

/// <summary>The merged candidate.</summary>
public sealed record CandidateResult(string Recipe, ImmutableSortedDictionary<string, string> TensorHashes)
{
    /// <summary>How much each expert counts, in the order of the round's experts.</summary>
    public ImmutableArray<double> Weights { get; init; } = [];

    /// <summary>How the experts' weights were found; null where they were given.</summary>
    public WeightSearchResult? Search { get; init; }
}

/// <summary>How a round ended.</summary>
/// <param name="Judged">Whether the votes got a verdict and are used up; otherwise they stay for the next round.</param>
/// <param name="Through">Number of the last vote that the round saw.</param>
public sealed record RoundOutcome(
    string? Version, GateDecision Decision, int VotesNeeded, bool Promoted, bool Judged, long Through, ImmutableArray<string> Reasons)
{
    /// <summary>An outcome without a version and without a verdict on the votes.</summary>
    public static RoundOutcome Unjudged(GateDecision decision, int votesNeeded, long through, ImmutableArray<string> reasons) =>
        new(null, decision, votesNeeded, false, false, through, reasons);
}
