// Rounds in their order under the catalogue, hidden from whoever lists versions. Knows names only.
using System.Globalization;

namespace Majlis.Trainer.Rounds;

public static class RoundFolders
{
    const string Hidden = ".rounds";

    /// <summary>Keeps other trainers off the catalogue's rounds; dies with its holder, so a killed one blocks nobody.</summary>
    /// <exception cref="RoundConflictException">Another trainer is at work there.</exception>
    public static FileStream Lock(string catalog)
    {
        var root = Path.Combine(Path.GetFullPath(catalog), Hidden);
        Directory.CreateDirectory(root);
        try
        {
            return new FileStream(Path.Combine(root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new RoundConflictException($"Another trainer works on the rounds in {root}; give this one another catalogue, or end the other.", error);
        }
    }

    /// <summary>The newest round while it has not ended, else the next.</summary>
    public static RoundFolder Open(string catalog, Action<string> afterStage)
    {
        var root = Path.Combine(catalog, Hidden);
        var newest = !Directory.Exists(root) ? 0 : Directory.EnumerateDirectories(root)
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).DefaultIfEmpty().Max();
        RoundFolder Folder(int number) => new(Path.Combine(root, number.ToString("0000", CultureInfo.InvariantCulture)), afterStage);
        return newest > 0 && !Folder(newest).Has("end") ? Folder(newest) : Folder(newest + 1);
    }
}
