// The promotion gate. Pure: evidence and policy in, verdict with reasons out. Knows no models and no votes.
using System.Collections.Immutable;
using static System.FormattableString;

namespace Majlis.Evaluation;

public static class Gate
{
    /// <summary>
    /// Safety first: a lost critical capability refuses, whatever the votes say. Then the held-out votes: better, worse, or not enough.
    /// </summary>
    public static GateVerdict Judge(GateEvidence evidence, GatePolicy policy)
    {
        if (evidence.Critical.IsEmpty)
            throw new ArgumentException("at least one critical capability, safety among them, must be measured", nameof(evidence));
        var capabilities = evidence.Critical.Select(result => Explain(result, policy)).ToImmutableArray();
        var preference = Explain(evidence.Preference);
        GateVerdict Verdict(GateDecision decision, string reason, int votes = 0) =>
            new(decision, votes, [preference, .. capabilities.Select(each => each.Reason), reason], policy, evidence);

        if (capabilities.Any(each => each.Lost)) return Verdict(GateDecision.Refuse, "a critical capability may be lost");
        var lacking = policy.LeastItems - evidence.Preference.Items;
        if (lacking > 0)
            return Verdict(GateDecision.NotEnoughEvidence, $"held-out pairs on {lacking} more prompts needed", Votes(lacking, evidence));
        if (evidence.Voters < policy.LeastVoters)
            return Verdict(GateDecision.NotEnoughEvidence, $"{evidence.Voters} voters; at least {policy.LeastVoters} needed",
                Votes(policy.LeastVoters - evidence.Voters, evidence));
        if (capabilities.Any(each => !each.Kept)) return Verdict(GateDecision.Refuse, "a critical capability is not shown to be kept");
        if (evidence.Preference.BetterP <= policy.Alpha)
            return Verdict(GateDecision.Promote, Invariant($"better: p = {evidence.Preference.BetterP:0.####} is at most {policy.Alpha}"));
        if (evidence.Preference.WorseP <= policy.Alpha)
            return Verdict(GateDecision.Refuse, Invariant($"worse: p = {evidence.Preference.WorseP:0.####} is at most {policy.Alpha}"));
        return Verdict(GateDecision.NotEnoughEvidence,
            Invariant($"neither better (p = {evidence.Preference.BetterP:0.####}) nor worse (p = {evidence.Preference.WorseP:0.####})"),
            Votes(ItemsStillNeeded(evidence.Preference, policy), evidence));
    }

    static string Explain(PairedCounts counts) =>
        Invariant($"held-out pairs, one a prompt: {counts.Gained} gained, {counts.Lost} lost of {counts.Items} ")
        + "(gained: against the current version, the rater's choice became likelier by more than the other answer)";

    /// <summary>Kept: the test excludes a loss as large as the margin. Lost: it does not, and not only because the items are few.</summary>
    static (bool Kept, bool Lost, string Reason) Explain(CapabilityResult result, GatePolicy policy)
    {
        var counts = result.Counts;
        if (counts.Items == 0) return (false, true, $"{result.Name}: not measured");
        var margin = result.Margin ?? policy.Margin;
        var p = counts.LossP(margin);
        var kept = p <= policy.LossAlpha;
        return (kept, !kept && counts.Lost > counts.Gained,
            Invariant($"{result.Name}: {counts.OldRate:0.0%} -> {counts.NewRate:0.0%} on {counts.Items} items; ")
            + Invariant($"a loss of {margin} or more has p = {p:0.####} (allowed up to {policy.LossAlpha})"));
    }

    /// <summary>
    /// Items until the exact test finds a rate like the one seen (or the smallest worth finding), at the share of decisive items seen.
    /// </summary>
    static int ItemsStillNeeded(PairedCounts counts, GatePolicy policy)
    {
        var decisive = counts.Gained + counts.Lost;
        var seen = decisive == 0 ? 0 : Math.Max(counts.Gained, counts.Lost) / (double)decisive;
        var needed = SampleSize.OneSidedExact(Math.Clamp(seen, 0.5 + policy.SmallestGain, 0.99), policy.Power, policy.Alpha);
        var share = Math.Max(decisive, 1) / (double)counts.Items;
        return Math.Max(1, (int)Math.Ceiling(needed / share) - counts.Items);
    }

    static int Votes(int items, GateEvidence evidence) => (int)Math.Ceiling(items * evidence.VotesPerItem);
}
