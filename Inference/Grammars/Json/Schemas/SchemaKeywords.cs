// Which kind of value each keyword of JSON Schema takes (https://json-schema.org/draft/2020-12). Knows no keyword's meaning.
using System.Text.Json;

namespace Majlis.Inference.Grammars.Json.Schemas;

static class SchemaKeywords
{
    const string Names = "an array of strings";
    const string Schemas = "an array of schemas";
    const string Count = "a whole number from 0 on";

    static readonly Dictionary<string, string> kinds = new()
    {
        ["required"] = Names,
        ["properties"] = "an object",
        ["patternProperties"] = "an object",
        ["dependentRequired"] = "an object",
        ["dependentSchemas"] = "an object",
        ["dependencies"] = "an object",
        ["enum"] = "an array",
        ["anyOf"] = Schemas,
        ["allOf"] = Schemas,
        ["oneOf"] = Schemas,
        ["prefixItems"] = Schemas,
        ["pattern"] = "a string",
        ["format"] = "a string",
        ["minLength"] = Count,
        ["maxLength"] = Count,
        ["minItems"] = Count,
        ["maxItems"] = Count,
        ["minContains"] = Count,
        ["maxContains"] = Count,
        ["minProperties"] = Count,
        ["maxProperties"] = Count,
        ["minimum"] = "a number",
        ["maximum"] = "a number",
        ["multipleOf"] = "a number",
    };

    static readonly string[] types = ["null", "boolean", "integer", "number", "string", "array", "object"];

    /// <exception cref="GrammarException">A keyword has a value of another kind.</exception>
    public static void Check(JsonElement schema, string path)
    {
        if (schema.ValueKind != JsonValueKind.Object) return;
        foreach (var member in schema.EnumerateObject())
        {
            if (kinds.TryGetValue(member.Name, out var kind) && !Is(kind, member.Value))
                throw new GrammarException($"At {path}/{member.Name}: {kind} is expected.");
            if (member.Name == "type" && !IsType(member.Value))
                throw new GrammarException($"At {path}/type: expected is {string.Join(", ", types)}, or an array of these.");
        }
    }

    static bool Is(string kind, JsonElement value) => kind switch
    {
        Names => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String),
        Schemas or "an array" => value.ValueKind == JsonValueKind.Array,
        "an object" => value.ValueKind == JsonValueKind.Object,
        "a string" => value.ValueKind == JsonValueKind.String,
        _ => value.ValueKind == JsonValueKind.Number && ExactNumber.Parse(value.GetRawText()) is { } number
            && (kind != Count || (number.IsInteger && number.Digits >= 0 && number.Digits <= int.MaxValue)),
    };

    static bool IsType(JsonElement value) => value.ValueKind == JsonValueKind.String ? types.Contains(value.GetString())
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String && IsType(one));
}
