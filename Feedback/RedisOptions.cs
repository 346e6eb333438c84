// Where votes are kept and how sure a vote must be before its voter hears "stored". Knows nothing of connections.
namespace Majlis.Feedback;

/// <summary>What a vote must have survived before it is acknowledged.</summary>
public enum Durability
{
    /// <summary>It is on the disk; a store that cannot promise this refuses votes.</summary>
    Strict,

    /// <summary>It is in a log that reaches the disk every second: a power failure may take the last second's votes.</summary>
    EverySecond,
}

/// <summary>Options of the vote store.</summary>
public sealed record RedisOptions
{
    /// <summary>A real Redis as <c>host:port</c> (StackExchange.Redis options may follow, e.g. <c>,password=...</c>); null means the embedded one.</summary>
    public string? Redis { get; init; }

    /// <summary>Folder of the embedded store, of <c>redis.json</c> that says how to reach it, and of the voters' key. Default: <c>data</c>.</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>Default: <see cref="Durability.Strict"/>.</summary>
    public Durability Durability { get; init; }

    /// <summary>How long one command may take before it counts as failed. Default: five seconds, since a busy machine is not an absent store.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);
}
