// Folders that only their owner may enter; wider rights are taken away. Knows no content; Windows keeps its own rules.
using System.Runtime.InteropServices;

namespace Majlis.Feedback.Store;

public static partial class PrivateFolder
{
    const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode Enterable = Owner | UnixFileMode.UserExecute;

    static readonly EnumerationOptions all = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>Makes a folder of mode 0700 where it is absent; an existing one stays as it is.</summary>
    public static void Create(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, Enterable);
    }

    /// <summary>Gives a folder the mode 0700 and all in it 0700 or 0600. Links are left alone.</summary>
    /// <returns>Why others may still read some of it (another owner, a volume that knows no modes), or null.</returns>
    public static string? Tighten(string folder)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder)) return null;
        try
        {
            Set(new DirectoryInfo(folder));
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", all)) Set(entry);
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return $"{folder}: {refused.Message}";
        }
    }

    /// <summary>
    /// From now on every file and folder that this process makes is its owner's alone, also those made inside libraries.
    /// </summary>
    public static void ForAllOfThisProcess()
    {
        if (!OperatingSystem.IsWindows()) _ = SetMask(0b000_111_111);
    }

    internal static void Set(FileSystemInfo entry)
    {
        if (OperatingSystem.IsWindows()) return;
        var wanted = entry is DirectoryInfo ? Enterable : Owner;
        try
        {
            if (entry.UnixFileMode != wanted) entry.UnixFileMode = wanted;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // Its writer has deleted or renamed it meanwhile.
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);
}
