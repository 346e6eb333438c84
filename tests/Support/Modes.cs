// Unix permissions of files; tests that use them skip on Windows.
using System.Runtime.Versioning;
using Xunit;

namespace Majlis.tests.Support;

[UnsupportedOSPlatform("windows")]
static class Modes
{
    public const UnixFileMode Everybody = (UnixFileMode)0b111_101_101;
    public const UnixFileMode Readable = (UnixFileMode)0b110_100_100;
    public const UnixFileMode OwnersFolder = (UnixFileMode)0b111_000_000;
    public const UnixFileMode OwnersFile = (UnixFileMode)0b110_000_000;

    /// <summary>Lets everybody read a folder and everything in it.</summary>
    public static void Open(string root)
    {
        foreach (var entry in All(root)) entry.UnixFileMode = entry is DirectoryInfo ? Everybody : Readable;
    }

    public static void AllPrivate(string root)
    {
        foreach (var entry in All(root))
            Assert.Equal((entry.FullName, entry is DirectoryInfo ? OwnersFolder : OwnersFile), (entry.FullName, entry.UnixFileMode));
    }

    static IEnumerable<FileSystemInfo> All(string root) =>
        new DirectoryInfo(root).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Prepend(new DirectoryInfo(root));
}
