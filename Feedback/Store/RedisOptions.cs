// Where votes are kept, and how durable a vote must be before it is acknowledged. Knows nothing of connections.
namespace Majlis.Feedback.Store;

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
    /// <summary>A real Redis: <c>host:port</c>, which options may follow (<c>,password=...</c>); null means the embedded one.</summary>
    public string? Redis { get; init; }

    /// <summary>The real Redis's password, where its address does not hold it.</summary>
    public string? Password { get; init; }

    /// <summary>Holds the embedded store, <c>redis.json</c> that says how to reach it, and the voters' key. Default: <c>data</c>.</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>Default: <see cref="Durability.Strict"/>.</summary>
    public Durability Durability { get; init; }

    /// <summary>Time after which a command counts as failed. Default: five seconds, since a busy machine is not an absent store.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Measures the space on a folder's volume; the embedded store keeps back the last megabytes.</summary>
    internal Func<string, VolumeSpace> Measure { get; init; } = FreeSpace.Measure;
}
