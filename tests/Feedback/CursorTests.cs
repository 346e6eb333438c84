// The cursor gives every vote once, in order, while others vote, and remembers how far a reader has come.
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class CursorTests
{
    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task No_number_is_skipped_or_seen_twice_while_many_vote(StoreKind kind)
    {
        const int Votes = 200;
        await using var store = await TestStore.StartAsync(kind);
        await using var second = await TestStore.ConnectAsync(store.Options);
        for (var i = 0; i < Votes; i++) await store.Battles.OpenAsync(Some.Battle($"b{i}"));
        var doors = new[] { store.Battles, new BattleStore(second, store.Time) };
        var voting = Task.WhenAll(Enumerable.Range(0, Votes).Select(i => Task.Run(() => doors[i % 2].VoteAsync(Some.Vote($"b{i}")))));

        var seen = new List<StoredVote>();
        while (seen.Count < Votes)
            seen.AddRange(await store.VotesAsync(after: seen.Count == 0 ? 0 : seen[^1].Number));

        var receipts = await voting;
        Assert.Equal(Enumerable.Range(1, Votes).Select(number => (long)number), seen.Select(vote => vote.Number));
        Assert.Equal(Votes, seen.Select(vote => vote.Id).Distinct().Count());
        for (var i = 0; i < Votes; i++) Assert.Equal($"b{i}", seen[(int)receipts[i].Number! - 1].Id);
        Assert.Equal(Votes, await store.Cursor.NewestAsync());
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task A_reader_goes_on_where_it_stopped_and_never_back(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        Assert.Equal(0, await store.Cursor.PositionAsync("trainer"));
        Assert.Equal(0, await store.Cursor.NewestAsync());
        Assert.Equal(7, await store.Cursor.AdvanceAsync("trainer", 7));
        Assert.Equal(7, await store.Cursor.AdvanceAsync("trainer", 5));
        Assert.Equal(1, await store.Cursor.AdvanceAsync("exporter", 1));
        await store.StopAsync();
        await store.StartAgainAsync();
        await Support.Eventually.HoldsAsync("the store is back", async () => (await store.Connection.StateAsync()).TakesVotes);
        Assert.Equal(7, await store.Cursor.PositionAsync("trainer"));
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Erasing_a_voter_leaves_numbers_without_content(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await store.Battles.OpenAsync(Some.Battle("mine", "one"));
        await store.Battles.OpenAsync(Some.Battle("waiting", "one"));
        await store.Battles.OpenAsync(Some.Battle("all", Battle.Anyone));
        await store.Battles.VoteAsync(Some.Vote("mine", voter: "one"));
        await store.Battles.VoteAsync(Some.Vote("all", voter: "one"));
        await store.Battles.VoteAsync(Some.Vote("all", voter: "two"));

        var erased = await new VoterErasure(store.Connection, store.Time).EraseAsync("one", new("sara"));
        Assert.Equal((3, "all/one mine"), (erased.Count, string.Join(" ", erased.Votes.Order())));

        Assert.Equal("all/two", Assert.Single(await store.VotesAsync()).Id);
        Assert.Null(await store.Battles.FindAsync("mine"));
        Assert.Null(await store.Battles.FindAsync("waiting"));
        Assert.Equal(VoteOutcome.UnknownBattle, (await store.Battles.VoteAsync(Some.Vote("all", voter: "one"))).Outcome);
        Assert.NotEqual(VoteOutcome.Stored, (await store.Battles.VoteAsync(Some.Vote("mine", voter: "one"))).Outcome);
        Assert.Equal(3, await store.Cursor.NewestAsync());
        var left = await store.Connection.ReadAsync(database => database.HashGetAllAsync(Keys.Battle("mine")));
        Assert.Equal(["erased", "number", "rater"], left.Select(entry => (string)entry.Name!).Order());
        Assert.Equal(0, (await new VoterErasure(store.Connection, store.Time).EraseAsync("one", new("sara"))).Count);
        var gone = await new VoterErasure(store.Connection, store.Time).ErasedAsync(["all/one", "all/two", "mine", "none"]);
        Assert.Equal(["all/one", "mine"], gone.Order());
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task A_battle_opened_while_a_voter_is_erased_is_found_by_the_next_erasure(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await store.Battles.OpenAsync(Some.Battle("before", "one"));
        var meanwhile = new ClockThatActs(() => store.Battles.OpenAsync(Some.Battle("meanwhile", "one")));
        Assert.Equal(1, (await new VoterErasure(store.Connection, meanwhile).EraseAsync("one", new("sara"))).Count);
        await meanwhile.Done!;
        Assert.NotNull(await store.Battles.FindAsync("meanwhile"));

        Assert.Equal(1, (await new VoterErasure(store.Connection, store.Time).EraseAsync("one", new("sara"))).Count);
        Assert.Null(await store.Battles.FindAsync("meanwhile"));
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task What_nobody_voted_on_does_not_pile_up_under_the_one_who_opened_it(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        for (var day = 0; day < 6; day++)
            await store.Battles.OpenAsync(Some.Battle($"b{day}", "one") with { Opened = Some.Now + TimeSpan.FromDays(day) });
        var listed = await store.Connection.ReadAsync(database => database.SortedSetRangeByRankAsync(Keys.Waiting("one")));
        Assert.Equal(["b4", "b5"], listed.Select(id => (string)id!));
        Assert.NotNull(await store.Connection.ReadAsync(database => database.KeyTimeToLiveAsync(Keys.Waiting("one"))));
        Assert.False(await store.Connection.ReadAsync(database => database.KeyExistsAsync(Keys.Voter("one"))));
    }

    /// <summary>Runs an action when first asked for the time: here, once the voter's battles are listed.</summary>
    sealed class ClockThatActs(Func<Task> act) : TimeProvider
    {
        public Task? Done { get; private set; }

        public override DateTimeOffset GetUtcNow()
        {
            Done ??= act();
            return Some.Now;
        }
    }
}
