// A vote as training sees it: a preferred answer against the other one. Knows no tensors.
using System.Collections.Immutable;

namespace Majlis.Feedback.Pairs;

/// <summary>A vote for a or b.</summary>
/// <param name="Id">The vote's id.</param>
/// <param name="Version">The weights that gave the chosen answer.</param>
/// <param name="Weight">Above 0: voter integrity x inverse propensity x staleness, after the cap on a voter's share.</param>
/// <param name="Voter">The voter, or the one who stands for several cookies of one source.</param>
public sealed record PreferencePair(
    string Id,
    string PromptHash,
    string Language,
    ImmutableArray<string> Tags,
    int[] Prompt,
    int[] Chosen,
    int[] Rejected,
    double Weight,
    string Version,
    string Voter);

/// <summary>Why a vote gave no pair.</summary>
public enum Exclusion
{
    /// <summary>The vote rates the versions but prefers neither.</summary>
    Tie,

    /// <summary>The voter did not judge.</summary>
    Skipped,

    /// <summary>Both sides are bad; neither is preferred.</summary>
    BothBad,

    /// <summary>A side has no completion token, or only white space.</summary>
    EmptyCompletion,

    /// <summary>The trained parts of the two sides differ too little to teach anything.</summary>
    NearIdentical,

    /// <summary>A side says which model it is, so the vote may be about a name.</summary>
    IdentityLeak,

    /// <summary>The two sides were given different prompt tokens.</summary>
    DifferentPrompts,

    /// <summary>The prompt alone fills the length to train on.</summary>
    PromptTooLong,
}

/// <summary>What a set of votes gives.</summary>
/// <param name="Training">Pairs to train on.</param>
/// <param name="HeldOut">Held-out pairs; no prompt is in both.</param>
/// <param name="Excluded">How many votes gave nothing, by reason; with the pairs and half the bad answers they add up to all votes.</param>
/// <param name="Doubts">How many pairs weigh less, by reason.</param>
/// <param name="Voters">How many different voters stand behind the training pairs.</param>
/// <param name="EnoughVoters">Whether there are enough voters for a round (<see cref="PairOptions.LeastVoters"/>).</param>
/// <param name="ShareCapHolds">Whether every voter's share of the training weight is within the cap; impossible with few voters.</param>
public sealed record PairSet(
    ImmutableArray<PreferencePair> Training,
    ImmutableArray<PreferencePair> HeldOut,
    ImmutableSortedDictionary<Exclusion, int> Excluded,
    ImmutableSortedDictionary<Doubt, int> Doubts,
    int Voters,
    bool EnoughVoters,
    bool ShareCapHolds)
{
    /// <summary>Two answers of each both-bad vote, where they are asked for; no held-out prompt is among them.</summary>
    public ImmutableArray<BadAnswer> Bad { get; init; } = [];
}
