// One store of either kind that a test may stop, kill and start again; the data survives it.
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Feedback;

public enum StoreKind
{
    Garnet,
    Redis,
}

public sealed class TestStore : IAsyncDisposable
{
    readonly TemporaryFolder folder = new();
    EmbeddedRedis? garnet;
    RedisServer? redis;

    public RedisConnection Connection { get; private set; } = null!;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public BattleStore Battles => new(Connection, Time);

    public VoteCursor Cursor => new(Connection);

    public static TheoryData<StoreKind> Kinds => [StoreKind.Garnet, StoreKind.Redis];

    public static async Task<TestStore> StartAsync(StoreKind kind)
    {
        var store = new TestStore();
        if (kind == StoreKind.Redis) store.redis = await RedisServer.StartAsync();
        else store.garnet = EmbeddedRedis.Start(store.folder.Path);
        store.Connection = await ConnectAsync(store.Options);
        return store;
    }

    /// <summary>
    /// A connection that is up: on a busy machine the first attempt may time out, and calls then fail until the next attempt.
    /// </summary>
    public static async Task<RedisConnection> ConnectAsync(RedisOptions options)
    {
        var connection = new RedisConnection(options);
        await Eventually.HoldsAsync("the store answers", async () => (await connection.StateAsync()).Answers);
        return connection;
    }

    public RedisOptions Options => new() { Redis = redis?.Address, DataFolder = folder.Path, Patience = TimeSpan.FromSeconds(20) };

    /// <summary>Stops the store; the real one is killed.</summary>
    public async Task StopAsync()
    {
        if (redis is not null) await redis.KillAsync();
        else await garnet!.DisposeAsync();
        garnet = null;
    }

    public async Task StartAgainAsync()
    {
        if (redis is not null) await redis.StartAgainAsync();
        else garnet = EmbeddedRedis.Start(folder.Path);
    }

    public async Task<List<StoredVote>> VotesAsync(long after = 0)
    {
        var votes = new List<StoredVote>();
        await foreach (var vote in Cursor.ReadAsync(after)) votes.Add(vote);
        return votes;
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        if (garnet is not null) await garnet.DisposeAsync();
        if (redis is not null) await redis.DisposeAsync();
        folder.Dispose();
    }
}
