// Text for the tokenizer benchmark: Arabic and English texts from the shared data, each once, up to a size.
using System.Text;
using System.Text.Json;

namespace Majlis.benchmarks;

static class TokenizerCorpus
{
    const int LeastCharacters = 60;

    /// <summary>
    /// Texts of about 50,000 characters, Arabic and English in turn, <paramref name="bytes"/> of UTF-8 in all; repeated as needed.
    /// </summary>
    public static List<string> Collect(string folder, long bytes)
    {
        var (arabic, english) = (new List<string>(), new List<string>());
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder, "*.json*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            if (Path.GetExtension(path) is ".json" or ".jsonl")
                foreach (var text in Strings(path).Where(seen.Add)) (IsArabic(text) ? arabic : english).Add(text);
        return [.. Mix(arabic, english, bytes)];
    }

    static IEnumerable<string> Mix(List<string> arabic, List<string> english, long bytes)
    {
        var (a, e, total, arabicBytes) = (0, 0, 0L, 0L);
        var document = new StringBuilder();
        while (total < bytes)
        {
            // Half of the bytes for each language.
            var fromArabic = arabicBytes * 2 <= total;
            var text = fromArabic ? arabic[a++ % arabic.Count] : english[e++ % english.Count];
            var size = Encoding.UTF8.GetByteCount(text) + 1;
            total += size;
            if (fromArabic) arabicBytes += size;
            document.Append(text).Append('\n');
            if (document.Length < 50_000 && total < bytes) continue;
            yield return document.ToString();
            document.Clear();
        }
    }

    static bool IsArabic(string text) => text.Count(unit => unit is >= '\u0600' and <= '\u06ff') * 2 > text.Length;

    static IEnumerable<string> Strings(string path)
    {
        foreach (var line in path.EndsWith('l') ? File.ReadLines(path) : [File.ReadAllText(path)])
        {
            using var document = Parse(line);
            if (document is null) continue;
            foreach (var text in Strings(document.RootElement)) yield return text;
        }
    }

    static JsonDocument? Parse(string json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            // Some of the shared files are broken on purpose.
            return null;
        }
    }

    static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Strings(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.String when Text(element) is { Length: >= LeastCharacters } text => [text],
        _ => [],
    };

    static string? Text(JsonElement element)
    {
        try
        {
            return element.GetString()?.Replace("\0", "", StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate in an escape.
            return null;
        }
    }
}
