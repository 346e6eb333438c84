// A round that goes on after votes were erased: it learns from none of them and keeps none of their tokens.
using System.Text.RegularExpressions;
using Majlis.Feedback.Votes;
using Majlis.Trainer.Rounds;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class ErasedRounds
{
    [Theory, InlineData("^stage pairs$"), InlineData("^stage expert-ar$"), InlineData("^en: step 3/")]
    public async Task A_round_that_goes_on_reads_its_votes_again_where_some_were_erased(string killed)
    {
        var left = Some.Votes(48).Skip(3).ToArray();
        using var round = new RoundFixture();
        using var other = new RoundFixture { Votes = left, Newest = 48 };
        round.Watch = line =>
        {
            if (Regex.IsMatch(line, killed)) throw new OperationCanceledException(killed);
        };
        await Assert.ThrowsAsync<OperationCanceledException>(() => round.RunAsync());
        round.Watch = _ => { };
        round.Erased = [.. Some.Votes(3).Select(vote => vote.Id)];
        round.Votes = left;
        await round.RunAsync();
        await other.RunAsync();
        Assert.Contains(round.Said, line => line.StartsWith("3 of the round's votes were erased meanwhile", StringComparison.Ordinal));
        Assert.Equal(other.Bits("v0001"), round.Bits("v0001"));
        Assert.Empty(round.Catalog.Read("v0001").Votes.Intersect(round.Erased));
    }

    [Fact]
    public void Tokens_that_the_vocabulary_does_not_hold_are_another_models()
    {
        int[] prompt = [2, 3, 4], good = [5, 6, 1];
        StoredVote[] votes =
        [
            Some.Vote(1, prompt, good, [7, 8, 1], Verdict.A), Some.Vote(2, prompt, good, [7, 128, 1], Verdict.A),
            Some.Vote(3, [2, 999, 4], good, [7, 8, 1], Verdict.A), Some.Vote(4, prompt, [5, -1, 1], [7, 8, 1], Verdict.A),
        ];
        var options = RoundFixture.Options with { HeldOutPercent = 0 };
        var pairs = RoundVotes.Pairs(0, votes, new HashSet<string> { Some.WeightsHash }, 128, options);
        Assert.Single(pairs.Training);
        Assert.Equal(3, pairs.Excluded[RoundVotes.OtherModel]);
    }
}
