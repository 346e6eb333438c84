// The folder that --data names: which files in it are ours, and that nobody else may read them. Knows no content.
using Majlis.Feedback.Store.Access;
using Majlis.Feedback.Votes;

namespace Majlis.Feedback.Store;

static class DataFolder
{
    /// <summary>The embedded store's own folder in it.</summary>
    public const string Store = "garnet";

    static readonly string[] ours = [Store, RedisAddress.FileName, VoterHash.FileName, KeyMarker.FileName];

    /// <summary>
    /// Makes the folder where it is absent and removes other users' rights to our files in it. The folder itself is closed to them
    /// only while nothing else lies in it: somebody's home or working folder stays as it is.
    /// </summary>
    /// <returns>Why others may still read some of it, or null.</returns>
    public static string? Prepare(string folder)
    {
        PrivateFolder.Create(folder);
        try
        {
            var entries = new DirectoryInfo(folder).EnumerateFileSystemInfos().ToLookup(IsOurs);
            if (!entries[false].Any()) PrivateFolder.Set(new DirectoryInfo(folder));
            foreach (var entry in entries[true]) PrivateFolder.Set(entry);
            return entries[true].OfType<DirectoryInfo>().Select(store => PrivateFolder.Tighten(store.FullName))
                .FirstOrDefault(open => open is not null);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return $"{Path.GetFullPath(folder)}: {refused.Message}";
        }
    }

    static bool IsOurs(FileSystemInfo entry) =>
        entry.LinkTarget is null && ours.Any(name => entry.Name.StartsWith(name, StringComparison.Ordinal));
}
