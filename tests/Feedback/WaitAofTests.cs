// A Redis that knows WAITAOF is asked after every vote, and a vote it could not sync is not acknowledged.
using Majlis.Feedback;
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
}
