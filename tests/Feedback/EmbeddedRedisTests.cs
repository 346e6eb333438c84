// The embedded store: private, one process a folder, found again by the trainer, with more data than memory.
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
