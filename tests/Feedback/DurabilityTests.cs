// No acknowledged vote is lost: over a restart, over a kill without warning, and while the store is away.
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class DurabilityTests
{
    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Votes_outlive_a_restart_and_the_numbers_go_on(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await store.Battles.OpenAsync(Some.Battle("b1"));
        await store.Battles.OpenAsync(Some.Battle("b2"));
        await store.Battles.VoteAsync(Some.Vote("b1", Verdict.B));

        await store.StopAsync();
        await store.StartAgainAsync();
        await Eventually.HoldsAsync("the connection comes back by itself", async () => (await store.Connection.StateAsync()).TakesVotes);

        Assert.Equal(VoteOutcome.Repeated, (await store.Battles.VoteAsync(Some.Vote("b1", Verdict.B))).Outcome);
        Assert.Equal(2, (await store.Battles.VoteAsync(Some.Vote("b2"))).Number);
        Assert.Equal(["b1", "b2"], (await store.VotesAsync()).Select(vote => vote.Id));
    }

    [Theory, MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task While_the_store_is_away_votes_are_unavailable_and_afterwards_they_are_stored(StoreKind kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await store.Battles.OpenAsync(Some.Battle("b1"));
        await store.StopAsync();

        var away = await store.Battles.VoteAsync(Some.Vote("b1"));
        Assert.Equal(VoteOutcome.Unavailable, away.Outcome);
        Assert.NotEmpty(away.Reason!);
        await Assert.ThrowsAsync<FeedbackUnavailableException>(() => store.Battles.FindAsync("b1"));
        await Assert.ThrowsAsync<FeedbackUnavailableException>(() => store.Battles.OpenAsync(Some.Battle("b2")));
        Assert.False((await store.Connection.StateAsync()).TakesVotes);

        await store.StartAgainAsync();
        await Eventually.HoldsAsync("the vote is taken", async () => (await store.Battles.VoteAsync(Some.Vote("b1"))).Accepted());
        await Eventually.HoldsAsync("reading works again", async () => (await store.Connection.StateAsync()).TakesVotes);
        Assert.Single(await store.VotesAsync());
    }

    [Fact]
    public async Task A_real_server_killed_amid_votes_loses_none_that_was_acknowledged()
    {
        await using var server = await RedisServer.StartAsync();
        await KillAmidVotesAsync(new RedisOptions { Redis = server.Address }, server.KillAsync, server.StartAgainAsync);
    }

    [Fact]
    public async Task The_embedded_store_killed_amid_votes_loses_none_that_was_acknowledged()
    {
        using var folder = new TemporaryFolder();
        var process = await GarnetProcess.StartAsync(folder.Path);
        try
        {
            await KillAmidVotesAsync(new RedisOptions { DataFolder = folder.Path }, process.KillAsync,
                async () => process = await GarnetProcess.StartAsync(folder.Path));
        }
        finally
        {
            await process.DisposeAsync();
        }
    }

    static async Task KillAmidVotesAsync(RedisOptions options, Func<Task> kill, Func<Task> startAgain)
    {
        const int Battles = 150;
        await using var connection = await TestStore.ConnectAsync(options with { Patience = TimeSpan.FromSeconds(20) });
        var store = new BattleStore(connection, TimeProvider.System);
        for (var i = 0; i < Battles; i++) await store.OpenAsync(Some.Battle($"b{i}") with { Opened = TimeProvider.System.GetUtcNow() });

        var acknowledged = 0;
        var votes = Enumerable.Range(0, Battles).Select(async i =>
        {
            await Eventually.HoldsAsync("some votes are in before the last are sent",
                () => i < Battles / 2 || Volatile.Read(ref acknowledged) > 20);
            var receipt = await store.VoteAsync(Some.Vote($"b{i}"));
            if (receipt.Outcome == VoteOutcome.Stored) Interlocked.Increment(ref acknowledged);
            return receipt;
        }).ToList();
        await Eventually.HoldsAsync("the store is busy", () => Volatile.Read(ref acknowledged) > 30);
        await kill();
        var receipts = await Task.WhenAll(votes);
        Assert.All(receipts, receipt => Assert.True(receipt.Outcome is VoteOutcome.Stored or VoteOutcome.Unavailable, $"{receipt}"));

        await startAgain();
        await Eventually.HoldsAsync("the connection comes back by itself", async () => (await connection.StateAsync()).TakesVotes);
        var kept = new Dictionary<string, long>();
        await foreach (var vote in new VoteCursor(connection).ReadAsync(0)) kept.Add(vote.Id, vote.Number);
        for (var i = 0; i < Battles; i++)
            if (receipts[i].Outcome == VoteOutcome.Stored) Assert.Equal(receipts[i].Number, kept[$"b{i}"]);

        // A client that got "unavailable" sends again; then every vote is there, once.
        for (var i = 0; i < Battles; i++) Assert.True((await store.VoteAsync(Some.Vote($"b{i}"))).Accepted());
        Assert.Equal(Battles, await new VoteCursor(connection).ReadAsync(0).CountAsync());
    }
}
