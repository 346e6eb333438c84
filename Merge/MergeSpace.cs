// Free disk space where a result is to go, and sizes in words.
using System.Globalization;

namespace Majlis.Merge;

static class MergeSpace
{
    /// <summary>Bytes free for this user on the folder's disk; null where the system does not say.</summary>
    public static long? FreeAt(string folder)
    {
        var place = Path.GetFullPath(folder);
        while (!Directory.Exists(place)) place = Path.GetDirectoryName(place)!;
        try
        {
            return new DriveInfo(place).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    public static string InWords(long bytes) => bytes < 1_000_000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB")
        : bytes < 1_000_000_000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.##} GB");
}
