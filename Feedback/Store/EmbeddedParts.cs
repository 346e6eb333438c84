// What the embedded store is given besides its folder, so that tests can give others: sizes, time, ports, the room on its volume.
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Majlis.Feedback.Store;

sealed record EmbeddedParts
{
    public EmbeddedSizes Sizes { get; init; } = new();

    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How often it is looked whether there is room and whether what is written is still kept.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    public Func<string, VolumeSpace> Measure { get; init; } = FreeSpace.Measure;

    /// <summary>The wanted port, or any at 0, where it is free at this moment; null where it is not.</summary>
    public Func<int, int?> FreePort { get; init; } = GarnetRun.FreePort;
}

/// <summary>Sizes in the store's own notation.</summary>
/// <param name="Log">Size of the append-only file past which a checkpoint takes its place.</param>
sealed record EmbeddedSizes(string Memory = "128m", string Page = "4m", string Log = "512m");
