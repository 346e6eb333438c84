// Rounds whose loss learns from single answers: both-bad votes become bad ones, of pairs one is good and one bad.
using Majlis.Feedback.Votes;
using Majlis.Trainer.Rounds;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class RoundsOfSingleAnswers
{
    static readonly RoundOptions options = RoundFixture.Options with { Loss = "kto", LearningRate = 5e-3 };

    /// <summary>Every sixth vote says that both are bad.</summary>
    static StoredVote[] Votes => [.. Some.Votes(48).Select((vote, index) =>
        index % 6 == 0 ? vote with { Vote = vote.Vote with { Verdict = Verdict.BothBad } } : vote)];

    [Fact]
    public void Both_bad_votes_give_two_bad_answers_each_and_are_left_out_where_the_loss_needs_pairs()
    {
        var known = new HashSet<string> { Some.WeightsHash };
        var single = RoundVotes.Pairs(0, Votes, known, int.MaxValue, options);
        var paired = RoundVotes.Pairs(0, Votes, known, int.MaxValue, options with { Loss = "sigmoid" });
        Assert.Empty(paired.Bad);
        Assert.Equal(8, paired.Excluded["BothBad"]);
        var held = single.Excluded.GetValueOrDefault("BothBad"); // of prompts kept for the gate
        Assert.Equal(2 * (8 - held), single.Bad.Length);
        Assert.True(single.Bad.Length > 0);
        Assert.Equal(single.Bad.Select(bad => bad.Id).Order(), single.Experts.SelectMany(expert => expert.Bad).Order());
        Assert.Equal(single.Training.Select(pair => pair.Id), paired.Training.Select(pair => pair.Id));
    }

    [Theory, InlineData("kto"), InlineData("bco")]
    public async Task Such_a_round_ends_in_a_judged_candidate(string loss)
    {
        using var round = new RoundFixture { Votes = Votes };
        var outcome = await round.RunAsync(options with { Loss = loss });
        Assert.True(outcome.Version is not null, string.Join('\n', outcome.Reasons));
        Assert.Contains(round.Said, line => line.Contains("bad answers", StringComparison.Ordinal));
    }
}
