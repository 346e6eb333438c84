// What each stage of a round hands to the next, as it is kept on disk. Data only.
using System.Collections.Immutable;
using Majlis.Evaluation;
using Majlis.Feedback;

namespace Majlis.Trainer;

/// <summary>Where the round starts: the weights it trains from and the version it will make.</summary>
/// <param name="Parent">The catalogue's current version, or null where the named model is served.</param>
/// <param name="MasterPath">What is trained and merged from.</param>
/// <param name="ServePath">What the candidate is compared with.</param>
public sealed record RoundStart(string Version, string? Parent, string MasterPath, string ServePath, string WeightsHash, RoundOptions Options);

/// <summary>The round's pairs, from votes after <paramref name="After"/> up to <paramref name="Through"/>.</summary>
public sealed record RoundPairs(long After, long Through, int Votes, ImmutableArray<PreferencePair> Training, ImmutableArray<PreferencePair> HeldOut,
    ImmutableSortedDictionary<string, int> Excluded, ImmutableArray<Expert> Experts);

/// <summary>A trained expert, or why there is none.</summary>
public sealed record ExpertResult(string Name, int Pairs, int Steps, double FirstLoss, double LastLoss, double Margin, double Accuracy, string? Refusal);

/// <summary>The merged candidate.</summary>
public sealed record CandidateResult(string Recipe, ImmutableSortedDictionary<string, string> TensorHashes);

/// <summary>How a round ended.</summary>
public sealed record RoundOutcome(string? Version, GateDecision Decision, int VotesNeeded, bool Promoted, ImmutableArray<string> Reasons);
