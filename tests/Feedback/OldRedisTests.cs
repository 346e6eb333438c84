// A store that cannot promise durability takes no votes, unless its owner accepts the loss of a second.
using System.Net;
using System.Net.Sockets;
using Garnet;
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class OldRedisTests
{
    [Theory]
    [InlineData("7.0.15", "yes", "always", Durability.Strict, true, "appendfsync always")]
    [InlineData("7.0.15", "yes", "everysec", Durability.Strict, false, "appendfsync everysec and no WAITAOF")]
    [InlineData("7.0.15", "yes", "everysec", Durability.EverySecond, true, "the last second's votes")]
    [InlineData("7.0.15", "no", "everysec", Durability.EverySecond, false, "keeps no append-only file")]
    [InlineData("7.0.15", null, null, Durability.Strict, false, "appendfsync unknown")]
    [InlineData("7.2.0", "yes", "everysec", Durability.Strict, true, "WAITAOF")]
    [InlineData("8.0.1", null, null, Durability.Strict, true, "WAITAOF")]
    [InlineData("7.2.4", "no", "everysec", Durability.Strict, false, "keeps no append-only file")]
    public void What_a_version_and_its_settings_promise(
        string version, string? append, string? sync, Durability wanted, bool takes, string says)
    {
        var state = DurabilityProbe.Judge(version, append, sync, wanted);
        Assert.Equal(takes, state.TakesVotes);
        Assert.Contains(says, state.Says, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yes", true, "committed to its append-only file")]
    [InlineData("no", false, "start it with --aof")]
    [InlineData(null, false, "start it with --aof")]
    public void What_a_Garnet_promises(string? append, bool takes, string says)
    {
        var state = DurabilityProbe.JudgeGarnet("1.1.10", append);
        Assert.Equal(takes, state.TakesVotes);
        Assert.Contains(says, state.Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Garnet_without_an_append_only_file_takes_no_votes()
    {
        await using var embedded = await TestStore.StartAsync(StoreKind.Garnet);
        Assert.True((await embedded.Connection.StateAsync()).TakesVotes);

        var port = FreePort();
        using var forgetful = new GarnetServer(
            ["--bind", "127.0.0.1", "--port", $"{port}", "--lua", "true", "-q"], NullLoggerFactory.Instance);
        forgetful.Start();
        await using var connection = await TestStore.ConnectAsync(
            new RedisOptions { Redis = $"127.0.0.1:{port}", Patience = TimeSpan.FromSeconds(20) });
        var state = await connection.StateAsync();
        Assert.False(state.TakesVotes, state.Says);
        Assert.Contains("--aof", state.Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Votes_are_refused_with_the_remedy_until_the_loss_is_accepted()
    {
        await using var server = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "everysec");
        var options = new RedisOptions { Redis = server.Address, Patience = TimeSpan.FromSeconds(20) };
        await using var strict = await TestStore.ConnectAsync(options);
        var state = await strict.StateAsync();
        Assert.SkipUnless(state.TakesVotes == false, "this Redis knows WAITAOF");
        await using var relaxed = await TestStore.ConnectAsync(options with { Durability = Durability.EverySecond });

        await new BattleStore(strict, TimeProvider.System).OpenAsync(Some.Battle("b1") with { Opened = TimeProvider.System.GetUtcNow() });
        var refused = await new BattleStore(strict, TimeProvider.System).VoteAsync(Some.Vote("b1"));

        Assert.Equal((VoteOutcome.Unavailable, state.Says), (refused.Outcome, refused.Reason));
        Assert.Contains("Durability=everysec", refused.Reason, StringComparison.Ordinal);
        Assert.True((await new BattleStore(relaxed, TimeProvider.System).VoteAsync(Some.Vote("b1"))).Accepted());
        Assert.Contains("last second", (await relaxed.StateAsync()).Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_comes_back_with_other_settings_is_asked_again()
    {
        await using var server = await RedisServer.StartAsync();
        await using var connection = await TestStore.ConnectAsync(
            new RedisOptions { Redis = server.Address, Patience = TimeSpan.FromSeconds(20) });
        Assert.True((await connection.StateAsync()).TakesVotes);

        await server.KillAsync();
        server.Settings = ["--appendonly", "no"];
        await server.StartAgainAsync();

        var state = new StorageState(true, "");
        await Eventually.HoldsAsync("the settings are read again", async () =>
            (state = await connection.StateAsync()).Says.Contains("append-only", StringComparison.Ordinal));
        Assert.False(state.TakesVotes);
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
