// Reads the passages of a folder's text and Markdown files. Knows no index.
using System.Text;

namespace Majlis.Rag;

static class DocumentFolder
{
    static readonly UTF8Encoding strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Links are skipped: a folder of documents must not open files outside it.
    static readonly EnumerationOptions everything = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden | FileAttributes.System,
    };

    /// <summary>Passages of every .txt and .md file below the folder, in the order of the files' names.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">A file is not UTF-8.</exception>
    public static IEnumerable<Passage> Read(string folder)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"The documents' folder {folder} is not there.");
        return Directory.EnumerateFiles(folder, "*", everything)
            .Where(path => Path.GetExtension(path).ToLowerInvariant() is ".txt" or ".md")
            .Select(path => (Path: path, Name: Path.GetRelativePath(folder, path).Replace('\\', '/')))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .SelectMany(file => Passages(file.Name, Text(file.Path)));
    }

    static IEnumerable<Passage> Passages(string name, string text)
    {
        var title = Title(name, text);
        return PassageCutter.Cut(text).Select((span, i) => new Passage($"{name}#{i + 1}", title, text[span], name, span.Start.Value));
    }

    static string Text(string path)
    {
        try
        {
            return strict.GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidDataException(
                $"{path} is not UTF-8 (first wrong byte at {error.Index}); save it as UTF-8 or take it out of the folder.", error);
        }
    }

    static string Title(string name, string text)
    {
        var heading = text.AsSpan().EnumerateLines();
        foreach (var line in heading)
            if (line.StartsWith("# ") && line[2..].Trim() is { Length: > 0 } words) return words.ToString();
        return Path.GetFileNameWithoutExtension(name);
    }
}
