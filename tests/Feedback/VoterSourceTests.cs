// Cookies are not people: many fresh ones from one address weigh as one voter, and nobody else loses weight by it.
using Majlis.Feedback.Pairs;
using Majlis.Feedback.Votes;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class VoterSourceTests
{
    static readonly PairOptions options = new() { HeldOutPercent = 0 };

    [Fact]
    public void Many_voters_made_in_a_second_at_one_address_hold_what_one_voter_may_hold()
    {
        var votes = Enumerable.Range(0, 30).Select(i => Stored(i, $"honest-{i}", $"address-{i}", Verdict.A))
            .Concat(Enumerable.Range(30, 60).Select(i => Stored(i, $"dropped-{i}", "one", Verdict.B, at: i / 60.0))).ToList();
        var set = PreferencePairs.Build(votes, options);
        Assert.Equal((31, true), (set.Voters, set.ShareCapHolds));
        var dropped = set.Training.Where(pair => pair.Id.CompareTo("b030", StringComparison.Ordinal) >= 0).ToList();
        Assert.Equal(60, dropped.Count);
        Assert.InRange(dropped.Sum(pair => pair.Weight) / set.Training.Sum(pair => pair.Weight), 0, options.VoterShare + 1e-9);
        Assert.Equal("dropped-30", Assert.Single(dropped.Select(pair => pair.Voter).Distinct()));
        Assert.Equal(40, set.Doubts[Doubt.TooManyAMinute]);
    }

    [Theory]
    [InlineData("as they come", 0, 0, 1)]
    [InlineData("one every fifty minutes", 50, 0, 1)]
    [InlineData("one every seventy minutes", 70, 0, 4)]
    [InlineData("old enough to speak for themselves", 0, 24, 4)]
    public void How_close_together_cookies_are_given_out_and_how_old_they_are_decides(
        string name, int minutesApart, int hoursOld, int voters)
    {
        var votes = Enumerable.Range(0, 4)
            .Select(i => Stored(i, $"v{i}", "one", Verdict.A, at: 60 * minutesApart * i, age: TimeSpan.FromHours(hoursOld)));
        Assert.True(voters == PreferencePairs.Build(votes, options).Voters, name);
    }

    [Fact]
    public void A_voter_who_changes_his_address_ties_its_voters_together()
    {
        StoredVote[] votes =
        [
            Stored(0, "v0", "one", Verdict.A), Stored(1, "v1", "one", Verdict.A), Stored(2, "v1", "two", Verdict.A),
            Stored(3, "v2", "two", Verdict.A), Stored(4, "v3", "three", Verdict.A),
        ];
        Assert.Equal(2, PreferencePairs.Build(votes, options).Voters);
    }

    [Fact]
    public void One_prompt_judged_under_several_cookies_is_a_duplicate()
    {
        var votes = Enumerable.Range(0, 3).Select(i => Stored(i, $"v{i}", "one", Verdict.A, prompt: "the same"));
        Assert.Equal(2, PreferencePairs.Build(votes, options).Doubts[Doubt.DuplicatePrompt]);
    }

    [Fact]
    public void Votes_that_say_nothing_of_address_or_age_are_their_voters_own()
    {
        var votes = new[] { (Address: null as string, Age: (TimeSpan?)TimeSpan.Zero), ("one", null), (null, null) }
            .SelectMany((kind, i) => Enumerable.Range(2 * i, 2).Select(n =>
                Stored(n, $"v{n}", kind.Address, Verdict.A) is var stored
                    ? stored with { Vote = stored.Vote with { CookieAge = kind.Age } } : stored));
        Assert.Equal(6, PreferencePairs.Build(votes, options).Voters);
    }

    static StoredVote Stored(
        int number, string voter, string? address, Verdict verdict, double at = 0, TimeSpan age = default, string? prompt = null)
    {
        var battle = Some.Battle($"b{number:000}", voter, prompt ?? $"question {number}");
        var vote = Some.Vote(battle.Id, verdict, voter) with { Address = address, CookieAge = age };
        return new StoredVote(number, battle, vote, Some.Now.AddSeconds(at));
    }
}
