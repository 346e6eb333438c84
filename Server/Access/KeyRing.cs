// All keys as this process knows them: read from the store again as soon as they change, so that a revoked key stops within seconds. While
// the store is away, what is known stays valid for a stated time. Knows no request.
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Access;

namespace Majlis.Server.Access;

/// <param name="Look">How often the store is asked whether keys changed; a revoked key is served no longer than this.</param>
/// <param name="Grace">For how long known keys are served while the store is away.</param>
public sealed record KeyTimes(TimeSpan Look, TimeSpan Grace)
{
    public static KeyTimes Default { get; } = new(TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10));
}

sealed class KeyRing(KeyStore store, KeyMarker marker, AdminKey admin, KeyTimes times, TimeProvider time, ILogger<KeyRing> log)
    : BackgroundService
{
    readonly SemaphoreSlim looking = new(1, 1);
    readonly AccessKey? adminKey = admin.Read();
    volatile Known? known;
    bool away;

    sealed record Known(AccessKeys Keys, long At);

    /// <summary>Whether only this machine reaches the server. Until that is known, callers are asked for keys.</summary>
    public bool LoopbackOnly { get; set; }

    /// <summary>Whether there is an admin key, or there ever was a key in the store.</summary>
    public bool HasKeys => adminKey is not null || (known is { } now ? now.Keys.ById.Count > 0 : marker.Exists);

    /// <summary>Whether a proxy brings others to loopback: until the store answers, the absence of keys is then not assumed.</summary>
    public bool IsProxied { get; set; }

    /// <summary>Whether callers need a key. Revoking the last one does not open the server again.</summary>
    public bool AsksForKeys => HasKeys || !LoopbackOnly || IsProxied && known is null;

    /// <summary>What is known and may still be relied on; null where the store has been away for too long.</summary>
    public AccessKeys? Keys => known is { } now && time.GetElapsedTime(now.At) < times.Grace ? now.Keys : null;

    /// <summary>The admin key, where the text is it.</summary>
    public AccessKey? Admin(string text) => admin.Fits(text) ? adminKey : null;

    /// <summary>The key or invitation with this id as long as sessions that it opened are valid; null once it is revoked.</summary>
    public AccessKey? Opener(string id)
    {
        if (adminKey?.Id == id) return adminKey;
        return Keys is { } keys && !keys.Revoked.ContainsKey(id) && keys.ById.TryGetValue(id, out var key)
            && (key.Uses is not null || IsAlive(key)) ? key : null;
    }

    /// <summary>To whom votes of a key's holder are credited; null while the store has not answered yet.</summary>
    public string? VoterOf(AccessKey key) => Keys?.Secret is { } secret ? VoterOf(key, secret) : null;

    public static string VoterOf(AccessKey key, AccessSecret secret) => secret.Voter($"key:{key.Id}");

    public bool IsAlive(AccessKey key) => key.Expires is null || key.Expires > time.GetUtcNow();

    /// <summary>Asks the store whether keys changed, and reads them if they did. Gives why that failed, or null.</summary>
    public async Task<string?> LookAsync()
    {
        var asked = time.GetTimestamp();
        await looking.WaitAsync();
        try
        {
            // Whoever waits while another looks is answered by one further look.
            if (known is { } later && later.At > asked) return null;
            var at = time.GetTimestamp();
            var keys = await ReadAsync();
            if (known is { } before) KeyChanges.Tell(log, before.Keys, keys);
            known = new(keys, at);
            if (keys.ById.Count > 0) marker.Make();
            if (away) log.KeysReadAgain();
            away = false;
            return null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Whatever a store answers instead of keys: it must not end the server, and must not let anybody in.
            var why = $"{error.Message} {error.InnerException?.Message}".TrimEnd();
            if (!away && known is not null) log.KeysNotRead(why, times.Grace);
            away = true;
            return why;
        }
        finally
        {
            looking.Release();
        }
    }

    async Task<AccessKeys> ReadAsync()
    {
        var version = await store.VersionAsync();
        var keys = known is { } before && before.Keys.Version == version ? before.Keys : await store.ReadAsync();
        // The admin key of the environment needs the secret too: for sessions and for its holder's votes.
        return keys.Secret is null && adminKey is not null ? keys with { Secret = await store.SecretAsync() } : keys;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(times.Look, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync();
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
    }

    public override void Dispose()
    {
        looking.Dispose();
        base.Dispose();
    }
}
