// The store for the moment of one command: the Redis named, the one that a running server embeds, or, where none runs, the embedded one
// itself. Carries out what `key` commands ask for. Knows no command line.
using System.Globalization;
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Access;
using Majlis.Server.Wire;

namespace Majlis.Server.Access.Commands;

sealed class CommandStore : IAsyncDisposable
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(10);
    static readonly TimeSpan pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Who runs the command, for audits.</summary>
    public static string By { get; } = $"{Environment.UserName}@{Environment.MachineName}";

    readonly RedisConnection connection;
    readonly EmbeddedRedis? embedded;
    readonly KeyStore keys;
    readonly KeyMarker? marker;

    CommandStore(RedisConnection connection, EmbeddedRedis? embedded, KeyMarker? marker)
    {
        (this.connection, this.embedded, this.marker) = (connection, embedded, marker);
        keys = new KeyStore(connection);
    }

    /// <exception cref="FormatException">The login is wrong.</exception>
    /// <exception cref="FeedbackUnavailableException">The store does not answer.</exception>
    public static async Task<CommandStore> OpenAsync(string data, RedisLogin login)
    {
        if (login.Problems().FirstOrDefault() is { } problem) throw new FormatException(problem);
        var options = new RedisOptions { Redis = login.Redis, Password = login.Secret(), DataFolder = data };
        if (login.Redis is not null) return await ReachAsync(options, null);
        return RedisAddress.TryRead(data) is not null && await AnswersAsync(options) ? await ReachAsync(options, null)
            : await ReachAsync(options, EmbeddedRedis.Start(data));
    }

    public async Task<int> AddAsync(KeyWish wish)
    {
        var (key, text) = await NewKey.MakeAsync(wish, keys, IdSource.Random, TimeProvider.System.GetUtcNow());
        if (!await keys.AddAsync(key, new(By)))
            return await RefuseAsync($"There is a key named '{key.Name}'; revoke it first, or choose another name.");
        marker?.Make();
        await Console.Error.WriteLineAsync(wish.Uses is null
            ? $"The key of '{key.Name}' ({key.Role}). It is shown this once:"
            : $"The link of '{key.Name}'. Put the server's address, as raters reach it, before it; it is shown this once:");
        Console.WriteLine(wish.Uses is null ? text : $"/arena#invitation={text}");
        return 0;
    }

    public async Task<int> RevokeAsync(string name, string? reason)
    {
        if (!await keys.RevokeAsync(name, TimeProvider.System.GetUtcNow(), new(By, reason)))
            return await RefuseAsync($"There is no key named '{name}'.");
        Console.WriteLine($"revoked: '{name}'; servers refuse it within {KeyTimes.Default.Look.TotalSeconds} seconds.");
        return 0;
    }

    public async Task<int> ListAsync()
    {
        var all = await keys.ReadAsync();
        if (all.ById.Count == 0) await Console.Error.WriteLineAsync("There is no key.");
        foreach (var key in all.ById.Values.OrderBy(key => key.Created))
            Console.WriteLine(string.Join('\t', key.Name, key.Role, key.Id, State(key, all), $"added {Date(key.Created)}",
                key.Expires is { } end ? $"expires {Date(end)}" : "never expires",
                key.RequestsPerMinute is { } requests ? $"{requests} requests a minute" : "any requests a minute",
                key.Concurrent is { } concurrent ? $"{concurrent} at once" : "any at once",
                Erasable(key, all)));
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        if (embedded is not null) await embedded.DisposeAsync();
    }

    /// <summary>Under which id something of a key may be kept: what an erasure takes.</summary>
    static string Erasable(AccessKey key, AccessKeys all) => key.Uses is not null || all.Secret is not { } secret ? ""
        : Roles.Of(key.Role).Contains(Roles.Rater) ? $"votes as {KeyRing.VoterOf(key, secret)}" : $"keeps replies as {key.Id}";

    static string State(AccessKey key, AccessKeys all) => all.Revoked.TryGetValue(key.Id, out var at) ? $"revoked {Date(at)}"
        : key.Expires <= TimeProvider.System.GetUtcNow() ? "expired"
        : key.Uses is { } uses ? $"used {all.Used.GetValueOrDefault(key.Id)} of {uses}" : "valid";

    static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);

    // What is left of a server that ended may still name a port: one answer tells.
    static async Task<bool> AnswersAsync(RedisOptions options)
    {
        await using var connection = new RedisConnection(options);
        return (await connection.StateAsync()).Answers;
    }

    static async Task<CommandStore> ReachAsync(RedisOptions options, EmbeddedRedis? embedded)
    {
        var store = new CommandStore(new RedisConnection(options), embedded, options.Redis is null ? new(options.DataFolder) : null);
        var since = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(pause);
        // The first attempt may be too early on a busy machine; a login that is refused stays refused.
        while (await store.connection.StateAsync() is { Answers: false } away)
        {
            if (TimeProvider.System.GetElapsedTime(since) > patience)
            {
                await store.DisposeAsync();
                throw new FeedbackUnavailableException(away.SaysAll);
            }
            await timer.WaitForNextTickAsync();
        }
        return store;
    }

    static async Task<int> RefuseAsync(string why)
    {
        await Console.Error.WriteLineAsync(why);
        return 1;
    }
}
