// The outcomes of a vote: stored, repeated, refused; the same on the embedded store and on a real Redis.
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using StackExchange.Redis;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class VoteTests
{
    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task A_vote_comes_back_from_the_cursor_with_all_that_training_needs(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        var battle = Some.Battle("b1");
        await store.Battles.OpenAsync(battle);
        store.Time.Advance(TimeSpan.FromMinutes(3));

        var receipt = await store.Battles.VoteAsync(Some.Vote("b1", Verdict.BothBad));

        Assert.Equal(new VoteReceipt(VoteOutcome.Stored, 1, null), receipt);
        var stored = Assert.Single(await store.VotesAsync());
        Assert.Equal(1, stored.Number);
        Assert.Equal(store.Time.GetUtcNow(), stored.At);
        Assert.Equivalent(battle, stored.Battle, strict: true);
        Assert.Equivalent(Some.Vote("b1", Verdict.BothBad), stored.Vote, strict: true);
        Assert.Equal(new GateMarks(1, false), stored.Marks);
        Assert.Equal("b1", stored.Id);
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task The_first_verdict_is_final_and_saying_it_again_changes_nothing(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await store.Battles.OpenAsync(Some.Battle("b1"));
        Assert.Equal(VoteOutcome.Stored, (await store.Battles.VoteAsync(Some.Vote("b1", Verdict.A))).Outcome);

        var again = await store.Battles.VoteAsync(Some.Vote("b1", Verdict.A));
        var other = await store.Battles.VoteAsync(Some.Vote("b1", Verdict.B));

        Assert.Equal((VoteOutcome.Repeated, 1L), (again.Outcome, again.Number));
        Assert.Equal((VoteOutcome.Conflict, 1L), (other.Outcome, other.Number));
        Assert.Contains("first is final", other.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.A, Assert.Single(await store.VotesAsync()).Vote.Verdict);
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Unknown_battles_and_other_raters_are_told_apart(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await store.Battles.OpenAsync(Some.Battle("b1"));

        var unknown = await store.Battles.VoteAsync(Some.Vote("b2"));
        var stranger = await store.Battles.VoteAsync(Some.Vote("b1", voter: "rater-2"));

        Assert.Equal((VoteOutcome.UnknownBattle, null as long?), (unknown.Outcome, unknown.Number));
        Assert.Contains("'b2'", unknown.Reason, StringComparison.Ordinal);
        Assert.Equal(VoteOutcome.NotYours, stranger.Outcome);
        Assert.Empty(await store.VotesAsync());
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task A_battle_opened_for_several_takes_one_vote_of_each(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await store.Battles.OpenAsync(Some.Battle("b1", Battle.Anyone));

        Assert.Equal(1, (await store.Battles.VoteAsync(Some.Vote("b1", Verdict.A, "one"))).Number);
        Assert.Equal(2, (await store.Battles.VoteAsync(Some.Vote("b1", Verdict.B, "two"))).Number);
        Assert.Equal(VoteOutcome.Conflict, (await store.Battles.VoteAsync(Some.Vote("b1", Verdict.Tie, "two"))).Outcome);

        Assert.Equal(["b1/one", "b1/two"], (await store.VotesAsync()).Select(vote => vote.Id));
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Of_many_votes_at_once_exactly_one_wins(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await store.Battles.OpenAsync(Some.Battle("b1"));
        await using var second = await TestStore.ConnectAsync(store.Options);
        var doors = new[] { store.Battles, new BattleStore(second, store.Time) };

        var receipts = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => doors[i % 2].VoteAsync(Some.Vote("b1", (Verdict)(i % 3)))));

        Assert.Single(receipts, receipt => receipt.Outcome == VoteOutcome.Stored);
        Assert.Equal(19, receipts.Count(receipt => receipt.Outcome == VoteOutcome.Repeated));
        Assert.Equal(40, receipts.Count(receipt => receipt.Outcome == VoteOutcome.Conflict));
        Assert.All(receipts, receipt => Assert.Equal(1, receipt.Number));
        Assert.Single(await store.VotesAsync());
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Doubts_are_noted_as_the_vote_comes_in(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        foreach (var (id, prompt) in new[] { ("b1", "One?"), ("b2", "Two?"), ("b3", "One?") })
        {
            await store.Battles.OpenAsync(Some.Battle(id, prompt: prompt));
            await store.Battles.VoteAsync(Some.Vote(id));
        }
        Assert.Equal([new(1, false), new(2, false), new GateMarks(3, true)], (await store.VotesAsync()).Select(vote => vote.Marks));
    }

    /// <summary>The state after a kill between two writes of the script, where each write is logged by itself.</summary>
    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task A_vote_that_lost_its_place_is_seen_also_by_a_reader_that_has_passed_its_number(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await store.Battles.OpenAsync(Some.Battle("b1"));
        await store.Battles.OpenAsync(Some.Battle("b2"));
        await store.Battles.VoteAsync(Some.Vote("b1"));
        await store.Connection.ReadAsync(database => database.SortedSetRemoveAsync(Keys.Votes, "b1"));
        await store.Battles.VoteAsync(Some.Vote("b2"));
        Assert.Equal(["b2"], (await store.VotesAsync()).Select(vote => vote.Id));

        Assert.Equal(new VoteReceipt(VoteOutcome.Repeated, 3, null), await store.Battles.VoteAsync(Some.Vote("b1")));
        Assert.Equal(3, (await store.Battles.VoteAsync(Some.Vote("b1"))).Number);

        Assert.Equal(("b1", 3L), (await store.VotesAsync(after: 2)).Select(vote => (vote.Id, vote.Number)).Single());
        Assert.Equal(2, (await store.VotesAsync()).Count);
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task A_count_of_votes_a_minute_that_would_stay_for_ever_is_given_its_end(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await store.Connection.ReadAsync(database => database.StringSetAsync(Keys.Rate(Some.Rater), 7));
        await store.Battles.OpenAsync(Some.Battle("b1"));
        await store.Battles.VoteAsync(Some.Vote("b1"));
        var ends = await store.Connection.ReadAsync(database => database.KeyTimeToLiveAsync(Keys.Rate(Some.Rater)));
        Assert.InRange(ends!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task A_battle_nobody_voted_on_is_gone_after_a_day_and_a_voted_one_stays(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await store.Battles.OpenAsync(Some.Battle("voted"));
        await store.Battles.OpenAsync(Some.Battle("waiting"));
        var waits = await store.Connection.ReadAsync(database => database.KeyTimeToLiveAsync(Keys.Battle("voted")));
        Assert.InRange(waits!.Value, TimeSpan.FromHours(23), TimeSpan.FromDays(1));

        await store.Battles.VoteAsync(Some.Vote("voted"));
        store.Time.Advance(TimeSpan.FromHours(25));

        Assert.Null(await store.Connection.ReadAsync(database => database.KeyTimeToLiveAsync(Keys.Battle("voted"))));
        Assert.NotNull(await store.Battles.FindAsync("voted"));
        Assert.Equal(VoteOutcome.Repeated, (await store.Battles.VoteAsync(Some.Vote("voted"))).Outcome);
        Assert.Null(await store.Battles.FindAsync("waiting"));
        Assert.Equal(VoteOutcome.UnknownBattle, (await store.Battles.VoteAsync(Some.Vote("waiting"))).Outcome);
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task A_battle_id_is_taken_once(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await store.Battles.OpenAsync(Some.Battle("b1"));
        await Assert.ThrowsAsync<ArgumentException>(() => store.Battles.OpenAsync(Some.Battle("b1")));
        await Assert.ThrowsAsync<ArgumentException>(() => store.Battles.OpenAsync(Some.Battle("b/1")));
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Where_a_vote_came_from_comes_back_and_a_record_from_before_that_is_read(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await store.Battles.OpenAsync(Some.Battle("b1"));
        var vote = Some.Vote("b1") with { Address = "hash of an address", CookieAge = TimeSpan.FromMinutes(7) };
        await store.Battles.VoteAsync(vote);
        Assert.Equivalent(vote, Assert.Single(await store.VotesAsync()).Vote, strict: true);

        const string First = """
            {"schema":1,"battle_id":"b1","verdict":"A","tags":["short","clear"],"comment":"the first says it plainly","voter":"rater-1",
             "voter_kind":"person","dwell_ms":5200,"revealed_before_vote":false,"at":"2026-01-02T03:04:05+00:00"}
            """;
        await store.Connection.ReadAsync(database => database.HashSetAsync(Keys.Battle("b1"), "vote", First));
        Assert.Equivalent(Some.Vote("b1"), Assert.Single(await store.VotesAsync()).Vote, strict: true);
        foreach (var schema in new[] { 0, 3 })
        {
            var other = First.Replace("\"schema\":1", $"\"schema\":{schema}", StringComparison.Ordinal);
            await store.Connection.ReadAsync(database => database.HashSetAsync(Keys.Battle("b1"), "vote", other));
            var refused = await Assert.ThrowsAsync<CorruptRecordException>(() => store.VotesAsync());
            Assert.Contains("schemas 1 to 2", refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task A_damaged_record_is_named(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await store.Battles.OpenAsync(Some.Battle("b1"));
        await store.Battles.VoteAsync(Some.Vote("b1"));
        await store.Connection.ReadAsync(database => database.HashSetAsync(Keys.Battle("b1"), "a", "nonsense"));

        var error = await Assert.ThrowsAsync<CorruptRecordException>(() => store.VotesAsync());
        Assert.Contains("a of battle 'b1'", error.Message, StringComparison.Ordinal);
    }
}
