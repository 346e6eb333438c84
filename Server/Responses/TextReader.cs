// Reads the field text: the answer's format, which is flatter here than in a chat, with the chat's reader, and its verbosity. Knows no
// grammar.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Chat;
using Majlis.Server.Wire;

namespace Majlis.Server.Responses;

static class TextReader
{
    const string Field = "text";

    /// <summary>The format's grammar; null where the answer may be any text.</summary>
    /// <param name="echo">Gets the field as replies repeat it.</param>
    public static GrammarWish? Read(Fields fields, JsonObject echo)
    {
        var text = new JsonObject { ["format"] = new JsonObject { ["type"] = "text" }, ["verbosity"] = "medium" };
        echo[Field] = text;
        if (fields.Of(Field, JsonValueKind.Object, "an object") is not { } given) return null;
        var field = new Fields(given, Field, fields.Problem);
        if (field.Has("verbosity") && field.Word("verbosity", ["low", "medium", "high"]) != "medium")
            field.Problem.Add(ApiError.UnsupportedField($"{Field}.verbosity", "Verbosity cannot be set here; say it in a message."));
        var format = field.Of("format", JsonValueKind.Object, "an object");
        field.Done();
        if (format is null || fields.Problem.First is not null) return null;
        var wish = Translation.Read(new() { ["response_format"] = Nested(format.Value) }, GrammarReader.Read, fields.Problem, Name);
        if (fields.Problem.First is null) text["format"] = Echo(format.Value);
        return wish is null ? null : wish with { Field = Name(wish.Field) };
    }

    static string Name(string chat) => chat.Replace("response_format.json_schema", $"{Field}.format", StringComparison.Ordinal)
        .Replace("response_format", $"{Field}.format", StringComparison.Ordinal);

    static JsonObject Nested(JsonElement format)
    {
        var (nested, schema) = (new JsonObject(), new JsonObject());
        foreach (var field in format.EnumerateObject())
            (field.Name == "type" ? nested : schema)[field.Name] = Translation.Node(field.Value);
        if (schema.Count > 0) nested["json_schema"] = schema;
        return nested;
    }

    static JsonObject Echo(JsonElement format)
    {
        var echo = JsonObject.Create(format.Clone())!;
        if ((string?)echo["type"] != "json_schema") return echo;
        echo["description"] ??= null;
        echo["strict"] ??= false;
        return echo;
    }
}
