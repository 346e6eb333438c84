// What the gate says, with the numbers it says it for. A record: no behaviour beyond showing itself.
using System.Collections.Immutable;

namespace Majlis.Evaluation;

public enum GateDecision { Promote, Refuse, NotEnoughEvidence }

/// <summary>A capability that must not be lost, measured on a fixed set of items for both versions.</summary>
public sealed record CapabilityResult(string Name, PairedCounts Counts);

/// <summary>
/// What is known of a candidate. <paramref name="Preference"/>: held-out pairs, one a prompt, on which it moved towards the rater's choice (gained), or
/// away from it (lost), against the current version. <paramref name="VotesPerItem"/>: votes it takes to have one more held-out pair.
/// </summary>
public sealed record GateEvidence(PairedCounts Preference, int Voters, double VotesPerItem, ImmutableArray<CapabilityResult> Critical);

/// <summary>The verdict; <paramref name="VotesNeeded"/> is more than 0 only where evidence is lacking.</summary>
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
