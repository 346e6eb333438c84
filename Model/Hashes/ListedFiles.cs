// Compares a folder's files with a list of their hashes. Knows neither who wrote the list nor what the files hold.
using System.Collections.Frozen;
using Majlis.Text;

namespace Majlis.Model.Hashes;

static class ListedFiles
{
    // Enough to tell two hashes apart by eye.
    const int Shown = 12;

    /// <summary>Checks that the folder holds the listed files, unchanged, and no others.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="list">Name of the list, a file in that folder which it does not list itself.</param>
    /// <param name="hashes">Path inside the folder, with forward slashes, to sha256 in lower-case hex.</param>
    /// <exception cref="ModelFormatException">Names the first file that is missing, changed, unlisted or unreadable.</exception>
    public static void Check(string root, string list, IReadOnlyDictionary<string, string> hashes)
    {
        CheckListed(root, list, hashes);
        try
        {
            var listed = hashes.Keys.Append(list).ToFrozenSet(StringComparer.Ordinal);
            var stranger = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
                .FirstOrDefault(path => !listed.Contains(Path.GetRelativePath(root, path).Replace('\\', '/')));
            if (stranger is not null)
                throw new ModelFormatException($"{stranger}: the file is not listed in {list}; nothing else may be there.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{root}: {error.Message}", error);
        }
    }

    /// <summary>Checks that these files of the list are there and unchanged.</summary>
    /// <exception cref="ModelFormatException">Names the first file that is missing, changed or unreadable.</exception>
    public static void CheckListed(string root, string list, IEnumerable<KeyValuePair<string, string>> hashes)
    {
        try
        {
            foreach (var (name, hash) in hashes) Check(root, list, name, hash);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{root}: {error.Message}", error);
        }
    }

    static void Check(string root, string list, string name, string hash)
    {
        if (Path.IsPathRooted(name) || name.Split('/', '\\').Contains(".."))
            throw new ModelFormatException($"{root}: {list} lists '{name}', outside the folder.");
        var path = Path.Combine(root, name);
        if (!File.Exists(path)) throw new ModelFormatException($"{path}: the file is missing, which {list} lists.");
        if (FileHash.Of(path) is var found && found != hash)
            throw new ModelFormatException(
                $"{path}: the file is not what {list} lists: its sha256 is {Short(found)}, expected {Short(hash)}.");
    }

    static string Short(string hash) => hash.Length > Shown ? $"{hash[..Shown]}…" : hash;
}
