// The gate's evidence and verdict, with all their numbers. Records that only print themselves.
using System.Collections.Immutable;

namespace Majlis.Evaluation;

public enum GateDecision { Promote, Refuse, NotEnoughEvidence }

/// <summary>A critical capability, measured on a fixed set of items for both versions.</summary>
/// <param name="Margin">The loss that must be excluded; null: the policy's.</param>
public sealed record CapabilityResult(string Name, PairedCounts Counts, double? Margin = null);

/// <summary>
/// The evidence about a candidate. <paramref name="Preference"/>: held-out pairs, one per prompt, on which it moved towards the rater's
/// choice (gained) or away from it (lost), against the current version. <paramref name="VotesPerItem"/>: votes per further held-out
/// pair.
/// </summary>
public sealed record GateEvidence(PairedCounts Preference, int Voters, double VotesPerItem, ImmutableArray<CapabilityResult> Critical);

/// <summary>The verdict; <paramref name="VotesNeeded"/> is above 0 only where evidence is lacking.</summary>
public sealed record GateVerdict(
    GateDecision Decision, int VotesNeeded, ImmutableArray<string> Reasons, GatePolicy Policy, GateEvidence Evidence)
{
    public override string ToString() => $"{Headline}; {Policy}\n" + string.Join('\n', Reasons.Select(reason => "  - " + reason));

    string Headline => Decision switch
    {
        GateDecision.Promote => "promote",
        GateDecision.Refuse => "refuse",
        _ => $"not enough evidence: about {VotesNeeded} more votes needed",
    };
}
