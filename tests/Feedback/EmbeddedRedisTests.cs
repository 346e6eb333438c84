// The embedded store: private, one process per folder, found again by the trainer, with more data than memory.
using System.Net;
using System.Net.Sockets;
using Majlis.Feedback.Store;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class EmbeddedRedisTests
{
    [Fact]
    public async Task How_to_reach_it_is_written_for_its_owner_only_and_stays_over_a_restart()
    {
        using var folder = new TemporaryFolder();
        RedisAddress first;
        await using (var store = EmbeddedRedis.Start(folder.Path)) first = store.Address;
        Assert.Equal(first, RedisAddress.TryRead(folder.Path));
        Assert.True(first.Password.Length >= 32);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("redis.json")));

        await using var again = EmbeddedRedis.Start(folder.Path);
        Assert.Equal(first, again.Address);
    }

    [Fact]
    public async Task Two_processes_cannot_share_a_folder()
    {
        using var folder = new TemporaryFolder();
        await using var store = EmbeddedRedis.Start(folder.Path);
        var error = Assert.Throws<FeedbackUnavailableException>(() => EmbeddedRedis.Start(folder.Path));
        Assert.Contains("another data folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_password_nothing_is_said()
    {
        using var folder = new TemporaryFolder();
        await using var store = EmbeddedRedis.Start(folder.Path);
        await using var stranger = new RedisConnection(new RedisOptions { Redis = $"127.0.0.1:{store.Address.Port}" });
        Assert.False((await stranger.StateAsync()).TakesVotes);
    }

    [Fact]
    public async Task A_trainer_that_is_early_hears_why_and_finds_the_store_once_it_is_there()
    {
        using var folder = new TemporaryFolder();
        await using var connection = new RedisConnection(new RedisOptions { DataFolder = folder.Path });
        Assert.Contains("No server has started yet", (await connection.StateAsync()).Says, StringComparison.Ordinal);
        await using var store = EmbeddedRedis.Start(folder.Path);
        await Eventually.HoldsAsync("the store is found", async () => (await connection.StateAsync()).TakesVotes);
    }

    [Fact]
    public async Task A_store_that_moved_to_another_port_is_found_again()
    {
        using var folder = new TemporaryFolder();
        await using var connection = new RedisConnection(new RedisOptions { DataFolder = folder.Path });
        await using (EmbeddedRedis.Start(folder.Path))
            await Eventually.HoldsAsync("the store is found", async () => (await connection.StateAsync()).TakesVotes);
        File.Delete(folder.File("redis.json"));
        await using var moved = EmbeddedRedis.Start(folder.Path);
        await Eventually.HoldsAsync("the new port is read", async () => (await connection.StateAsync()).TakesVotes);
    }

    [Fact]
    public async Task A_port_that_was_taken_meanwhile_is_given_up_for_another()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await AnotherPortIsFoundAsync(((IPEndPoint)taken.LocalEndpoint).Port);
    }

    [Fact]
    public async Task A_port_that_another_store_took_at_the_same_moment_is_given_up_for_another()
    {
        using var folder = new TemporaryFolder();
        await using var other = EmbeddedRedis.Start(folder.Path);
        await AnotherPortIsFoundAsync(other.Address.Port);
        await using var connection = await TestStore.ConnectAsync(new RedisOptions { DataFolder = folder.Path });
        for (var i = 0; i < 5; i++) Assert.True((await connection.StateAsync()).TakesVotes);
    }

    static async Task AnotherPortIsFoundAsync(int taken)
    {
        using var folder = new TemporaryFolder();
        var draws = new Queue<int?>([taken, taken, GarnetRun.FreePort(0)]);
        await using var store = EmbeddedRedis.Start(folder.Path, new EmbeddedParts { FreePort = _ => draws.Dequeue() });
        Assert.NotEqual(taken, store.Address.Port);
        Assert.Equal(store.Address, RedisAddress.TryRead(folder.Path));
        await using var connection = await TestStore.ConnectAsync(new RedisOptions { DataFolder = folder.Path });
        Assert.True((await connection.StateAsync()).TakesVotes);
    }

    [Fact]
    public async Task Where_every_port_is_taken_the_start_says_so()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var folder = new TemporaryFolder();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var parts = new EmbeddedParts { FreePort = _ => port };
        var error = Assert.Throws<FeedbackUnavailableException>(() => EmbeddedRedis.Start(folder.Path, parts));
        Assert.Contains("does not start", error.Message, StringComparison.Ordinal);
        await using var store = EmbeddedRedis.Start(folder.Path);
    }

    [Fact]
    public void A_broken_address_file_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("redis.json"), """{"port": 0}""");
        var error = Assert.Throws<InvalidDataException>(() => RedisAddress.TryRead(folder.Path));
        Assert.Contains("redis.json", error.Message, StringComparison.Ordinal);
        File.WriteAllText(folder.File("redis.json"), "{");
        Assert.Throws<InvalidDataException>(() => RedisAddress.TryRead(folder.Path));
    }
}
