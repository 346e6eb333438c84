// Whether a folder's volume has room for more votes. Its last megabytes are never used: the store needs them to be closed and
// opened again. Knows no store.
using System.Globalization;

namespace Majlis.Feedback.Store;

/// <param name="Free">Bytes this process may still write.</param>
/// <param name="Total">Size of the volume in bytes; 0 where it is not known.</param>
readonly record struct VolumeSpace(long Free, long Total);

sealed class FreeSpace(string folder, Func<string, VolumeSpace> measure)
{
    const long LeastReserve = 8 << 20;
    const long MostReserve = 256 << 20;

    // Above its limit (EmbeddedSizes.Log) the store's log becomes a checkpoint: its memory and index, written while the log is still there.
    const long Log = 512 << 20;
    const long Checkpoint = 160 << 20;

    /// <summary>
    /// Free bytes below which nothing is written: an eighth of the volume, at least 8 MiB and at most 256 MiB; and never less than a
    /// checkpoint where the volume is so large that one may come.
    /// </summary>
    public static long Reserve(long total) =>
        Math.Max(total > Log + Checkpoint ? Checkpoint : 0, Math.Clamp(total / 8, LeastReserve, MostReserve));

    /// <summary>Why nothing may be written now; null while there is room or the volume cannot be measured.</summary>
    /// <param name="coming">Bytes about to be written.</param>
    public string? Shortage(long coming = 0)
    {
        var (free, total) = measure(folder);
        var reserve = Reserve(total);
        return total == 0 || free - coming >= reserve ? null
            : $"Only {MiB(free)} MiB are free on the volume of the data folder, and its last {MiB(reserve)} MiB are kept back. "
                + "Free some space; votes are then taken again.";
    }

    /// <summary>What the system reports for the volume that holds a folder.</summary>
    public static VolumeSpace Measure(string folder)
    {
        try
        {
            var drive = new DriveInfo(Path.GetFullPath(folder));
            return new VolumeSpace(drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return default; // A folder not made yet, or a share without a size.
        }
    }

    static string MiB(long bytes) => (bytes / 1048576.0).ToString("0.#", CultureInfo.InvariantCulture);
}
