// Two connections to one server, and what that server promises. It lives until the server's address changes.
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

sealed class RedisLink : IAsyncDisposable
{
    readonly RedisOptions options;
    readonly ConnectionMultiplexer reads;
    readonly ConnectionMultiplexer writes;
    StorageState? state;

    RedisLink(string target, RedisOptions options, ConnectionMultiplexer reads, ConnectionMultiplexer writes)
    {
        Target = target;
        this.options = options;
        this.reads = reads;
        this.writes = writes;
        // After a lost connection another server may answer, or the same one with other settings: ask again.
        writes.ConnectionFailed += (_, _) => state = null;
        writes.ConnectionRestored += (_, _) => state = null;
    }

    public string Target { get; }

    public bool IsConnected => reads.IsConnected && writes.IsConnected;

    public IDatabase Reads => reads.GetDatabase();

    /// <summary>Returns without an error where the server is away; the connections form once it appears.</summary>
    public static async Task<RedisLink> OpenAsync(string target, RedisOptions options)
    {
        var both = await Task.WhenAll(ConnectAsync(target, options), ConnectAsync(target, options));
        return new RedisLink(target, options, both[0], both[1]);
    }

    /// <summary>Pings both connections; a Garnet that can no longer write still answers a PING.</summary>
    public async Task<StorageState> CheckAsync()
    {
        await Task.WhenAll(reads.GetDatabase().PingAsync(), writes.GetDatabase().PingAsync());
        var known = await StateAsync();
        if (known.By == DurableBy.CommitAof) await writes.GetDatabase().ExecuteAsync("COMMITAOF");
        return known;
    }

    public async Task<StorageState> StateAsync() =>
        state ?? (state = await DurabilityProbe.AskAsync(writes.GetDatabase(), options.Durability));

    /// <summary>
    /// Script and wait leave as one batch on one connection: a wait on a later connection would know of no write and report at once
    /// that all is durable.
    /// </summary>
    public async Task<RedisResult> WriteAsync(string script, RedisKey[] keys, RedisValue[] values, DurableBy by)
    {
        var batch = writes.GetDatabase().CreateBatch();
        var written = batch.ScriptEvaluateAsync(script, keys, values, CommandFlags.NoScriptCache);
        var durable = by switch
        {
            DurableBy.WaitAof => batch.ExecuteAsync("WAITAOF", 1, 0, (long)(options.Patience.TotalMilliseconds / 2)),
            DurableBy.CommitAof => batch.ExecuteAsync("COMMITAOF"),
            _ => Task.FromResult(RedisResult.Create(RedisValue.Null)),
        };
        batch.Execute();
        await Task.WhenAll(written, durable);
        if (by == DurableBy.WaitAof && (long)((RedisResult[])(await durable)!)[0] < 1)
            throw new FeedbackUnavailableException("The vote is written but not yet on the disk (WAITAOF ran out of time); send it again.");
        return await written;
    }

    public async ValueTask DisposeAsync()
    {
        await reads.DisposeAsync();
        await writes.DisposeAsync();
    }

    static Task<ConnectionMultiplexer> ConnectAsync(string target, RedisOptions options)
    {
        var settings = ConfigurationOptions.Parse(target);
        settings.Password = options.Password ?? settings.Password;
        settings.AbortOnConnectFail = false;
        settings.AllowAdmin = true; // For INFO and CONFIG GET, which say what the server promises.
        settings.CommandMap = CommandMap.Create(["SUBSCRIBE"], available: false); // No further connections for messages.
        settings.BacklogPolicy = BacklogPolicy.FailFast;
        settings.ConnectRetry = 0;
        settings.ConnectTimeout = 5000; // An attempt that a starting server does not answer is given up and repeated.
        settings.AsyncTimeout = (int)options.Patience.TotalMilliseconds;
        settings.SyncTimeout = settings.AsyncTimeout;
        settings.HeartbeatInterval = TimeSpan.FromMilliseconds(250);
        settings.ReconnectRetryPolicy = new ReconnectBackoff();
        return ConnectionMultiplexer.ConnectAsync(settings);
    }
}
