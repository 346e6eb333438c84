// The connection to the store: it reconnects by itself, and while the store is away every call fails at once.
// Knows no battles. Writes have a connection of their own, since WAITAOF holds up whatever is queued behind it.
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

public sealed class RedisConnection : IAsyncDisposable
{
    readonly RedisOptions options;
    readonly SemaphoreSlim opening = new(1, 1);
    readonly FreeSpace? room;
    RedisLink? link;

    public RedisConnection(RedisOptions options)
    {
        this.options = options;
        if (options.Redis is null) room = new FreeSpace(options.DataFolder, options.Measure);
    }

    /// <summary>Whether votes are taken now, worded for readiness. Never throws because the store is away.</summary>
    public async Task<StorageState> StateAsync()
    {
        try
        {
            // What the server promised before it went away or failed to write does not count.
            var state = await TryAsync(to => to.CheckAsync());
            return room?.Shortage() is { } shortage ? new StorageState(false, shortage) : state;
        }
        catch (FeedbackUnavailableException error)
        {
            return new StorageState(false, room?.Shortage() ?? error.Message) { Answers = false, Cause = error.InnerException?.Message };
        }
    }

    public async ValueTask DisposeAsync()
    {
        await opening.WaitAsync();
        if (link is not null) await link.DisposeAsync();
        link = null;
        opening.Dispose();
    }

    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    internal Task<T> ReadAsync<T>(Func<IDatabase, Task<T>> read) => TryAsync(to => read(to.Reads));

    /// <summary>Runs a script and waits until what it wrote is durable.</summary>
    /// <param name="insist">Whether to refuse a store that cannot promise durability before anything is written.</param>
    /// <exception cref="FeedbackUnavailableException">The store is away or not durable; the script may still have run.</exception>
    internal Task<RedisResult> WriteAsync(string script, RedisKey[] keys, RedisValue[] values, bool insist) =>
        TryAsync(async to =>
        {
            if (room?.Shortage(values.Sum(value => value.Length())) is { } shortage) throw new FeedbackUnavailableException(shortage);
            var state = await to.StateAsync();
            if (insist && !state.TakesVotes) throw new FeedbackUnavailableException(state.Says);
            return await to.WriteAsync(script, keys, values, state.By);
        });

    /// <summary>Runs a script that writes, and waits for no disk.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away or full.</exception>
    internal Task<RedisResult> PutAsync(string script, RedisKey[] keys, RedisValue[] values) => TryAsync(to =>
        room?.Shortage(values.Sum(value => value.Length())) is { } shortage ? throw new FeedbackUnavailableException(shortage)
            : to.Reads.ScriptEvaluateAsync(script, keys, values, CommandFlags.NoScriptCache));

    async Task<T> TryAsync<T>(Func<RedisLink, Task<T>> use)
    {
        try
        {
            return await use(await LinkAsync());
        }
        catch (Exception error) when (StoreFailure.Is(error))
        {
            throw new FeedbackUnavailableException("The vote store does not answer.", error);
        }
    }

    // A restarted server may listen elsewhere; redis.json says where. It is read only while there is no connection.
    async Task<RedisLink> LinkAsync()
    {
        if (link is { IsConnected: true } connected) return connected;
        await opening.WaitAsync();
        try
        {
            var target = Target();
            if (link is not null && link.Target == target) return link;
            if (link is not null) await link.DisposeAsync();
            link = null;
            return link = await RedisLink.OpenAsync(target, options);
        }
        finally
        {
            opening.Release();
        }
    }

    string Target()
    {
        if (options.Redis is not null) return options.Redis;
        var address = Address() ?? throw new FeedbackUnavailableException(
            $"No server has started yet with the data folder {options.DataFolder} (it has no {RedisAddress.FileName}).");
        return $"127.0.0.1:{address.Port},password={address.Password}";
    }

    RedisAddress? Address()
    {
        try
        {
            return RedisAddress.TryRead(options.DataFolder);
        }
        catch (InvalidDataException damaged)
        {
            throw new FeedbackUnavailableException(damaged.Message, damaged);
        }
    }
}
