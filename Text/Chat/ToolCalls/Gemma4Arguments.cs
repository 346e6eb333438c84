// Gemma 4's notation of values as JSON: names without quotes, texts as they are between marks. Knows no call.
using System.Text;
using System.Text.Json;

namespace Majlis.Text.Chat.ToolCalls;

public ref struct Gemma4Arguments(ReadOnlySpan<char> text)
{
    public const string Quote = "<|\"|>";

    const int Deepest = 64;

    readonly StringBuilder json = new();
    ReadOnlySpan<char> rest = text;

    /// <summary>The JSON of a whole object; null where it is none.</summary>
    public static string? Json(string text)
    {
        var reader = new Gemma4Arguments(text);
        return reader.Value(0) && reader.rest.IsWhiteSpace() ? reader.json.ToString() : null;
    }

    bool Value(int depth)
    {
        Skip();
        if (depth > Deepest || rest.IsEmpty) return false;
        if (rest.StartsWith(Quote)) return Text();
        return rest[0] switch
        {
            '{' => List('{', '}', depth),
            '[' => List('[', ']', depth),
            _ => Word(),
        };
    }

    bool List(char open, char close, int depth)
    {
        rest = rest[1..];
        json.Append(open);
        for (var first = true; ; first = false)
        {
            Skip();
            if (first && Next(close)) break;
            if (!first) json.Append(", ");
            if (open == '{' && !Name()) return false;
            if (!Value(depth + 1)) return false;
            Skip();
            if (Next(close)) break;
            if (!Next(',')) return false;
        }
        json.Append(close);
        return true;
    }

    bool Next(char sign)
    {
        if (rest.IsEmpty || rest[0] != sign) return false;
        rest = rest[1..];
        return true;
    }

    bool Name()
    {
        if (rest.StartsWith(Quote))
        {
            if (!Text()) return false;
            Skip();
            json.Append(": ");
            return Next(':');
        }
        var end = rest.IndexOf(':');
        if (end < 0) return false;
        json.Append(TaggedValue.Quoted(rest[..end].Trim().ToString())).Append(": ");
        rest = rest[(end + 1)..];
        return true;
    }

    bool Text()
    {
        var inside = rest[Quote.Length..];
        var end = inside.IndexOf(Quote);
        if (end < 0) return false;
        json.Append(TaggedValue.Quoted(inside[..end].ToString()));
        rest = inside[(end + Quote.Length)..];
        return true;
    }

    bool Word()
    {
        var end = rest.IndexOfAny(',', '}', ']');
        var word = (end < 0 ? rest : rest[..end]).Trim().ToString();
        rest = end < 0 ? [] : rest[end..];
        if (word == "None") word = "null";
        try
        {
            using var parsed = JsonDocument.Parse(word);
            json.Append(word);
        }
        catch (JsonException)
        {
            json.Append(TaggedValue.Quoted(word));
        }
        return word.Length > 0;
    }

    void Skip() => rest = rest.TrimStart();
}
