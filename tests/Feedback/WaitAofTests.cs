// A Redis with WAITAOF is asked after every vote, and a vote that it could not sync is not acknowledged.
using System.Globalization;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class WaitAofTests
{
    [Fact]
    public async Task A_vote_counts_as_stored_only_once_it_is_synced()
    {
        await using var server = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "everysec");
        await using var future = new RedisOfTheFuture(server.Port);
        await using var connection = await TestStore.ConnectAsync(
            new RedisOptions { Redis = future.Address, Patience = TimeSpan.FromSeconds(20) });
        var store = new BattleStore(connection, TimeProvider.System);
        Assert.Contains("awaited by WAITAOF", (await connection.StateAsync()).Says, StringComparison.Ordinal);
        await store.OpenAsync(Some.Battle("b1") with { Opened = TimeProvider.System.GetUtcNow() });
        var before = future.Awaited;

        future.Synced = 0;
        var late = await store.VoteAsync(Some.Vote("b1"));
        Assert.Equal(VoteOutcome.Unavailable, late.Outcome);
        Assert.Contains("not yet on the disk", late.Reason, StringComparison.Ordinal);

        future.Synced = 1;
        var again = await store.VoteAsync(Some.Vote("b1"));
        Assert.Equal((VoteOutcome.Repeated, 1L), (again.Outcome, again.Number));
        Assert.Equal(before + 2, future.Awaited);
    }

    /// <summary>
    /// WAITAOF waits for its own connection's writes: on a new connection without writes it reports at once that all is synced.
    /// </summary>
    [Theory]
    [InlineData(Verdict.A, VoteOutcome.Repeated)]
    [InlineData(Verdict.B, VoteOutcome.Conflict)]
    public async Task An_answer_about_an_older_vote_writes_something_to_be_waited_for(Verdict again, VoteOutcome outcome)
    {
        await using var store = await TestStore.StartAsync(StoreKind.Redis);
        await store.Battles.OpenAsync(Some.Battle("b1"));
        await store.Battles.VoteAsync(Some.Vote("b1", Verdict.A));
        var before = await WritesAsync(store.Connection);
        Assert.Equal(outcome, (await store.Battles.VoteAsync(Some.Vote("b1", again))).Outcome);
        Assert.True(await WritesAsync(store.Connection) > before);
    }

    /// <summary>Counts commands that changed something; only those go to the append-only file.</summary>
    static async Task<long> WritesAsync(RedisConnection connection)
    {
        const string Name = "rdb_changes_since_last_save:";
        var info = (string)(await connection.ReadAsync(database => database.ExecuteAsync("INFO", "persistence")))!;
        var line = info.Split('\n', StringSplitOptions.TrimEntries).Single(line => line.StartsWith(Name, StringComparison.Ordinal));
        return long.Parse(line[Name.Length..], CultureInfo.InvariantCulture);
    }
}
