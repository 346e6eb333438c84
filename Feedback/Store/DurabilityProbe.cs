// Finds out what the connected server promises about a write, and how to wait for it. Knows no votes.
using StackExchange.Redis;

namespace Majlis.Feedback.Store;

/// <summary>How a write is known to be on the disk.</summary>
enum DurableBy
{
    /// <summary>Never, or not before the write is acknowledged.</summary>
    Nothing,

    /// <summary>The server syncs each write before it answers (<c>appendfsync always</c>).</summary>
    Itself,

    /// <summary><c>WAITAOF 1 0</c> after it (Redis 7.2 and later).</summary>
    WaitAof,

    /// <summary><c>COMMITAOF</c> after it (Garnet).</summary>
    CommitAof,
}

/// <summary>Whether votes are taken, and what readiness says about it.</summary>
public sealed record StorageState(bool TakesVotes, string Says)
{
    internal DurableBy By { get; init; }

    /// <summary>False where <see cref="Says"/> tells why the store is away.</summary>
    public bool Answers { get; init; } = true;

    /// <summary>What the connection met, with its address.</summary>
    public string? Cause { get; init; }

    /// <summary>All of it, for operators.</summary>
    public string SaysAll => $"{Says} {Cause}".TrimEnd();
}

static class DurabilityProbe
{
    const string Help = "set \"appendonly yes\" and \"appendfsync always\", or use Redis 7.2 or later with \"appendonly yes\"";

    public static async Task<StorageState> AskAsync(IDatabase database, Durability wanted)
    {
        var info = Parse((string?)await database.ExecuteAsync("INFO", "server") ?? "");
        var append = await SettingAsync(database, "appendonly");
        if (info.TryGetValue("garnet_version", out var garnet)) return JudgeGarnet(garnet, append);
        var sync = await SettingAsync(database, "appendfsync");
        return Judge(info.GetValueOrDefault("redis_version", "0"), append, sync, wanted);
    }

    /// <summary>A Garnet without an append-only file also acknowledges COMMITAOF, so it has to say that it keeps one.</summary>
    public static StorageState JudgeGarnet(string version, string? appendOnly) => appendOnly == "yes"
        ? new StorageState(true, $"Garnet {version}, each vote committed to its append-only file") { By = DurableBy.CommitAof }
        : new StorageState(false,
            $"Garnet {version} says \"appendonly {appendOnly ?? "unknown"}\", so a vote cannot be known to be on the disk: "
            + "start it with --aof and allow CONFIG GET appendonly");

    /// <summary>What a Redis of that version and configuration promises; a null setting is one that it did not tell.</summary>
    public static StorageState Judge(string version, string? appendOnly, string? appendSync, Durability wanted)
    {
        var name = $"Redis {version}";
        if (appendOnly is not (null or "yes"))
            return new StorageState(false, $"{name} keeps no append-only file, so no vote would survive it: {Help}");
        if (wanted == Durability.EverySecond && appendSync != "always")
            return new StorageState(true, $"{name}, Durability=everysec: a power failure may take the last second's votes");
        if (KnowsWaitAof(version)) return new StorageState(true, $"{name}, each vote awaited by WAITAOF") { By = DurableBy.WaitAof };
        if (appendOnly == "yes" && appendSync == "always")
            return new StorageState(true, $"{name}, appendfsync always") { By = DurableBy.Itself };
        return new StorageState(false, $"{name} has appendfsync {appendSync ?? "unknown"} and no WAITAOF, "
            + $"so a vote cannot be known to be on the disk: {Help}, or accept the loss of a second by Durability=everysec");
    }

    static bool KnowsWaitAof(string version) =>
        System.Version.TryParse(version, out var parsed) && parsed >= new Version(7, 2);

    static async Task<string?> SettingAsync(IDatabase database, string name)
    {
        try
        {
            var pair = (RedisResult[]?)await database.ExecuteAsync("CONFIG", "GET", name);
            return pair is [_, var value] ? (string?)value : null;
        }
        catch (RedisServerException)
        {
            return null; // Hosted services forbid CONFIG; the settings are then unknown.
        }
    }

    static Dictionary<string, string> Parse(string info) => info.Split('\n', StringSplitOptions.TrimEntries)
        .Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2)
        .GroupBy(parts => parts[0]).ToDictionary(group => group.Key, group => group.First()[1]);
}
