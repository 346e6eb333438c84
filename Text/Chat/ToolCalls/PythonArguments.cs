// The arguments of a call that is written as Python: names with literals, as JSON. Knows no call and computes nothing.
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Text.Chat.ToolCalls;

/// <summary>Strings, numbers, True, False, None, lists, tuples and dicts; JSON's words are taken too.</summary>
sealed class PythonArguments
{
    // Deeper ones than any tool's would need the stack, and JSON is neither written nor read beyond 64 levels; the arguments are one.
    const int Deepest = 62;

    static readonly JsonSerializerOptions json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly string text;
    int at;
    int depth;

    PythonArguments(string text) => this.text = text;

    /// <summary>A JSON object of <c>a=1, b="x"</c>; null where that is not what the text holds.</summary>
    public static string? Read(string text)
    {
        try
        {
            return new PythonArguments(text).Arguments().ToJsonString(json);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>One literal as JSON; null where the text holds none, or more.</summary>
    public static string? Value(string text)
    {
        try
        {
            var reader = new PythonArguments(text);
            var value = reader.Value();
            Expect(reader.IsAtEnd());
            return value?.ToJsonString(json) ?? "null";
        }
        catch (FormatException)
        {
            return null;
        }
    }

    JsonObject Arguments()
    {
        var arguments = new JsonObject();
        while (!IsAtEnd())
        {
            var name = Word();
            Expect(name.Length > 0 && Skip('='));
            arguments[name] = Value();
            Expect(Skip(',') || IsAtEnd());
        }
        return arguments;
    }

    JsonNode? Value()
    {
        Expect(!IsAtEnd() && ++depth <= Deepest);
        var value = text[at] switch
        {
            '"' or '\'' => JsonValue.Create(String()),
            '[' => List(']'),
            '(' => List(')'),
            '{' => Dict(),
            _ => Bare(),
        };
        depth--;
        return value;
    }

    JsonArray List(char end)
    {
        var items = new JsonArray();
        at++;
        while (!Skip(end))
        {
            items.Add(Value());
            if (!Skip(',')) Expect(Peek() == end);
        }
        return items;
    }

    JsonObject Dict()
    {
        var members = new JsonObject();
        at++;
        while (!Skip('}'))
        {
            Expect(Peek() is '"' or '\'');
            var name = String();
            Expect(Skip(':'));
            members[name] = Value();
            if (!Skip(',')) Expect(Peek() == '}');
        }
        return members;
    }

    string String()
    {
        var quote = text[at++];
        var value = new StringBuilder();
        while (at < text.Length && text[at] != quote)
        {
            var next = text[at++];
            value.Append(next == '\\' ? Escaped() : next.ToString());
        }
        Expect(at < text.Length);
        at++;
        return value.ToString();
    }

    string Escaped()
    {
        Expect(at < text.Length);
        var next = text[at++];
        return next switch
        {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            'b' => "\b",
            'f' => "\f",
            'v' => "\v",
            'a' => "\a",
            '\n' => "",
            '\\' or '\'' or '"' or '/' => next.ToString(),
            'x' => Coded(2),
            'u' => Coded(4),
            'U' => Coded(8),
            _ => "\\" + next,
        };
    }

    string Coded(int digits)
    {
        Expect(at + digits <= text.Length && int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture, out _));
        var code = int.Parse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        at += digits;
        Expect(digits == 4 || Rune.IsValid(code));
        return digits == 4 ? ((char)code).ToString() : new Rune(code).ToString();
    }

    JsonNode? Bare() => Word() switch
    {
        "None" or "null" => null,
        "True" or "true" => JsonValue.Create(true),
        "False" or "false" => JsonValue.Create(false),
        var number => Number(number.Replace("_", "", StringComparison.Ordinal)),
    };

    // A number keeps its digits: no double can hold every one.
    static JsonNode Number(string digits)
    {
        if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            throw new FormatException("no literal");
        try
        {
            return JsonNode.Parse(digits)!;
        }
        catch (JsonException)
        {
            return JsonValue.Create(number);
        }
    }

    string Word()
    {
        Peek();
        var start = at;
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '.' or '-' or '+')) at++;
        return text[start..at];
    }

    char Peek()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at < text.Length ? text[at] : '\0';
    }

    bool IsAtEnd() => Peek() == '\0' && at >= text.Length;

    bool Skip(char expected)
    {
        if (Peek() != expected || at >= text.Length) return false;
        at++;
        return true;
    }

    static void Expect(bool holds)
    {
        if (!holds) throw new FormatException("no arguments in Python");
    }
}
