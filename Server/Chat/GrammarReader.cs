// Reads which texts an answer may be: OpenAI's response_format, or structured_outputs under vLLM's names. Knows no grammar; a wrong one
// shows when it is compiled.
using System.Text;
using System.Text.Json;
using Majlis.Inference.Grammars;
using Majlis.Inference.Grammars.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class GrammarReader
{
    const int MostBytes = 256 << 10;
    const int MostChoices = 4096;
    const int LongestName = 64;
    const string AnyObject = """{"type":"object"}""";

    static readonly string[] formats = ["text", "json_object", "json_schema"];
    static readonly string[] kinds = ["json", "regex", "choice", "grammar", "json_object"];

    public static GrammarWish? Read(Fields fields)
    {
        var format = Format(fields);
        var structured = Structured(fields);
        if (format is not null && structured is not null)
            fields.Problem.Add(ApiError.InvalidValue("structured_outputs",
                "'structured_outputs' and 'response_format' both say what the answer may be; send one."));
        return format ?? structured;
    }

    static GrammarWish? Format(Fields fields)
    {
        const string field = "response_format";
        if (fields.Any(field) is not { } given) return null;
        var format = new Fields(given, field, fields.Problem);
        var type = format.Word("type", formats, required: true);
        var wish = type == "json_object" ? new GrammarWish(new SchemaSource(AnyObject, JsonLayout.Indented), field)
            : type == "json_schema" ? Schema(format) : null;
        format.Done();
        return wish;
    }

    static GrammarWish? Schema(Fields format)
    {
        const string field = "json_schema";
        if (!format.Has(field)) format.Problem.Add(ApiError.MissingField(format.Name(field)));
        if (format.Any(field) is not { } given) return null;
        var named = new Fields(given, format.Name(field), format.Problem);
        var name = named.RequiredText("name");
        if (name.Length > LongestName || !name.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '_' or '-'))
            format.Problem.Add(ApiError.InvalidValue(named.Name("name"),
                $"Invalid '{named.Name("name")}': up to {LongestName} letters, digits, underscores and dashes are taken."));
        named.Text("description");
        // A schema is always kept to.
        named.Flag("strict");
        var schema = named.Small("schema", MostBytes) is { } text ? text.GetRawText() : AnyObject;
        named.Done();
        return new(new SchemaSource(schema, JsonLayout.Indented), named.Name("schema"));
    }

    static GrammarWish? Structured(Fields fields)
    {
        const string field = "structured_outputs";
        if (fields.Any(field) is not { } given) return null;
        var wanted = new Fields(given, field, fields.Problem);
        var layout = wanted.Flag("disable_any_whitespace") ?? false ? JsonLayout.Compact : JsonLayout.Indented;
        var named = kinds.Where(wanted.Has).ToList();
        var wish = named is [var kind] ? Wish(wanted, kind, layout) : null;
        if (named.Count != 1)
            fields.Problem.Add(ApiError.InvalidValue(field, $"Invalid '{field}': it needs one of {string.Join(", ", kinds)}; it has "
                + (named.Count == 0 ? "none." : $"{string.Join(", ", named)}.")));
        wanted.Done();
        return wish;
    }

    static GrammarWish? Wish(Fields wanted, string kind, JsonLayout layout)
    {
        GrammarSource? source = kind switch
        {
            "json" => Json(wanted, layout),
            "choice" => Choice(wanted),
            "json_object" when wanted.Flag(kind) ?? false => new SchemaSource(AnyObject, layout),
            "json_object" => null,
            _ => Text(wanted, kind) is not { } text ? null : kind == "regex" ? new RegexSource(text) : new RulesSource(text),
        };
        return source is null ? null : new(source, wanted.Name(kind));
    }

    // vLLM takes a schema as an object, or as the text of one.
    static SchemaSource? Json(Fields wanted, JsonLayout layout)
    {
        if (wanted.Peek("json") is not { ValueKind: JsonValueKind.String })
            return wanted.Small("json", MostBytes) is { } schema ? new(schema.GetRawText(), layout) : null;
        if (Text(wanted, "json") is not { } text) return null;
        try
        {
            using var parsed = JsonDocument.Parse(text);
            return new(text, layout);
        }
        catch (JsonException)
        {
            wanted.Problem.Add(ApiError.InvalidValue(wanted.Name("json"), $"Invalid '{wanted.Name("json")}': the text is not valid JSON."));
            return null;
        }
    }

    static ChoiceSource Choice(Fields wanted)
    {
        var choices = new List<string>();
        foreach (var (value, name) in wanted.Items("choice"))
            if (value.ValueKind == JsonValueKind.String) choices.Add(value.GetString()!);
            else wanted.Problem.Add(ApiError.WrongType(name, "a string", Fields.Kind(value)));
        if (choices.Count > MostChoices) wanted.Problem.Add(ApiError.TooMany(wanted.Name("choice"), choices.Count, MostChoices));
        CheckBytes(wanted, "choice", choices.Sum(Encoding.UTF8.GetByteCount));
        return new(choices);
    }

    static string? Text(Fields wanted, string field)
    {
        if (wanted.Text(field) is not { } text) return null;
        CheckBytes(wanted, field, Encoding.UTF8.GetByteCount(text));
        return text;
    }

    static void CheckBytes(Fields wanted, string field, int bytes)
    {
        if (bytes > MostBytes) wanted.Problem.Add(ApiError.TooManyBytes(wanted.Name(field), bytes, MostBytes));
    }
}
