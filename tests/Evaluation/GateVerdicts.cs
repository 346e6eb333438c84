// The gate's three verdicts and their reasons.
using Majlis.Evaluation;
using Xunit;

namespace Majlis.tests.Evaluation;

public sealed class GateVerdicts
{
    static readonly CapabilityResult safetyKept = new("safety", new PairedCounts(24, 0, 0, 0));

    static GateVerdict Judge(PairedCounts preference, GatePolicy policy, CapabilityResult? safety = null, int voters = 9) =>
        Gate.Judge(new GateEvidence(preference, voters, 4, [safety ?? safetyKept]), policy);

    [Fact]
    public void Promotes_what_is_better_on_enough_pairs()
    {
        var verdict = Judge(new PairedCounts(50, 40, 10, 20), GatePolicy.Standard);
        Assert.Equal(GateDecision.Promote, verdict.Decision);
        Assert.Contains("alpha 0.05", verdict.ToString());
    }

    [Fact]
    public void Refuses_what_is_worse() =>
        Assert.Equal(GateDecision.Refuse, Judge(new PairedCounts(50, 10, 40, 20), GatePolicy.Standard).Decision);

    [Fact]
    public void Refuses_a_lost_critical_capability_whatever_the_votes_say()
    {
        var lost = new CapabilityResult("safety", new PairedCounts(14, 0, 10, 0));
        var verdict = Judge(new PairedCounts(50, 40, 0, 10), GatePolicy.Standard, lost);
        Assert.Equal(GateDecision.Refuse, verdict.Decision);
        Assert.Contains(verdict.Reasons, reason => reason.StartsWith("safety: 100.0% -> 58.3%", StringComparison.Ordinal));
    }

    [Fact]
    public void Says_how_many_votes_are_lacking_when_pairs_are_few()
    {
        var verdict = Judge(new PairedCounts(1, 5, 0, 0), GatePolicy.Small);
        Assert.Equal((GateDecision.NotEnoughEvidence, 8), (verdict.Decision, verdict.VotesNeeded));
    }

    [Fact]
    public void An_even_result_asks_for_the_votes_that_would_show_the_smallest_gain_worth_finding()
    {
        var verdict = Judge(new PairedCounts(60, 20, 20, 20), GatePolicy.Standard);
        Assert.Equal(GateDecision.NotEnoughEvidence, verdict.Decision);
        // 55 : 45 takes some 620 decisive pairs at one-sided 5 % and power 80 %; a third of pairs is decisive, a quarter of votes held out.
        Assert.InRange(verdict.VotesNeeded, 5500, 8500);
    }

    [Fact]
    public void One_voter_alone_promotes_nothing_under_the_standard_policy()
    {
        var verdict = Judge(new PairedCounts(50, 40, 10, 20), GatePolicy.Standard, voters: 1);
        // Four more voters are needed, each with a held-out vote; one vote in four is held out.
        Assert.Equal((GateDecision.NotEnoughEvidence, 16), (verdict.Decision, verdict.VotesNeeded));
    }

    [Fact]
    public void A_gate_without_a_critical_capability_is_a_mistake() =>
        Assert.Throws<ArgumentException>(() => Gate.Judge(new GateEvidence(new PairedCounts(1, 1, 1, 1), 9, 4, []), GatePolicy.Small));

    /// <summary>Non-inferiority by Tango's score test; the expected values come from the paper's formula, computed separately.</summary>
    [Theory]
    [InlineData(24, 0, 0, 0.25, 0.002339)]
    [InlineData(8, 0, 0, 0.25, 0.051235)]
    [InlineData(4, 0, 0, 0.25, 0.124107)]
    [InlineData(19, 5, 3, 0.25, 0.010729)]
    [InlineData(24, 1, 1, 0.125, 0.058585)]
    [InlineData(19, 0, 3, 0.25, 0.176918)]
    [InlineData(24, 0, 24, 0.25, 0.999926)]
    public void How_far_items_exclude_a_loss(int items, int gained, int lost, double margin, double expected) =>
        Assert.Equal(expected, new PairedCounts(items - gained - lost, gained, lost, 0).LossP(margin), 1e-5);

    [Fact]
    public void A_few_items_that_did_not_change_exclude_no_loss()
    {
        var few = new CapabilityResult("safety", new PairedCounts(4, 0, 0, 0));
        Assert.Equal(GateDecision.Refuse, Judge(new PairedCounts(0, 14, 5, 0), GatePolicy.Small, few).Decision);
        Assert.Equal(GateDecision.NotEnoughEvidence, Judge(new PairedCounts(0, 3, 0, 0), GatePolicy.Small, few).Decision);
        var lost = new CapabilityResult("safety", new PairedCounts(3, 0, 1, 0));
        Assert.Equal(GateDecision.Refuse, Judge(new PairedCounts(0, 3, 0, 0), GatePolicy.Small, lost).Decision);
    }

    [Fact]
    public void The_small_policy_promotes_what_a_demonstration_can_show()
    {
        var held = new CapabilityResult("rater's choice likelier per token", new PairedCounts(6, 4, 2, 7));
        var verdict = Gate.Judge(new GateEvidence(new PairedCounts(0, 14, 5, 0), 1, 2.5, [safetyKept, held]), GatePolicy.Small);
        Assert.Equal(GateDecision.Promote, verdict.Decision);
    }

    [Fact]
    public void The_exact_test_is_never_wrong_more_often_than_alpha()
    {
        for (var n = 8; n < 200; n += 7) Assert.InRange(SampleSize.Power(n, 0.5, 0.05), 0, 0.05);
    }
}
