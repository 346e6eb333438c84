// Reads a list of hashes as sha256sum writes it. Knows no folder.
using System.Text.RegularExpressions;
using Majlis.Text;

namespace Majlis.Model.Hashes;

static partial class HashList
{
    /// <summary>Path as written, without a leading ./, to sha256 in lower-case hex.</summary>
    /// <exception cref="ModelFormatException">The file cannot be read, or a line is not sha256sum's; the message names it.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        var lines = Lines(path);
        for (var i = 0; i < lines.Length; i++)
            if (Form().Match(lines[i]) is not { Success: true } line)
                throw new ModelFormatException($"{path}, line {i + 1}: 64 hexadecimal digits, two spaces and a file's name are expected.");
            else if (!hashes.TryAdd(line.Groups["name"].Value, line.Groups["hash"].Value.ToLowerInvariant()))
                throw new ModelFormatException($"{path}, line {i + 1}: '{line.Groups["name"].Value}' is listed twice.");
        return hashes.Count > 0 ? hashes : throw new ModelFormatException($"{path}: it lists no file.");
    }

    static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{path}: the list of hashes cannot be read: {error.Message}", error);
        }
    }

    // A star before the name says that the file was read as bytes, which it always is on Linux.
    [GeneratedRegex(@"^(?<hash>[0-9A-Fa-f]{64}) [ *](\./)?(?<name>.+)$")]
    private static partial Regex Form();
}
