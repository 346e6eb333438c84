// What the embedded store gets besides its folder, so that tests can replace it: sizes, time, ports, free space.
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Majlis.Feedback.Store;

sealed record EmbeddedParts
{
    public EmbeddedSizes Sizes { get; init; } = new();

    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How often free space and the last write's success are checked.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    public Func<string, VolumeSpace> Measure { get; init; } = FreeSpace.Measure;

    /// <summary>The wanted port, or any for 0, where it is free now; else null.</summary>
    public Func<int, int?> FreePort { get; init; } = GarnetRun.FreePort;
}

/// <summary>Sizes in the store's own notation.</summary>
/// <param name="Log">Size of the append-only file above which a checkpoint replaces it.</param>
sealed record EmbeddedSizes(string Memory = "128m", string Page = "4m", string Log = "512m");
