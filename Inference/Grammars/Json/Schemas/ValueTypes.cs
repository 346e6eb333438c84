// The types that a value may have: what all type keywords have in common. Knows no bytes.
using System.Text.Json;

namespace Majlis.Inference.Grammars.Json.Schemas;

static class ValueTypes
{
    /// <summary>"number" stands for all numbers; "integer" is there alone where fractions are excluded.</summary>
    public static HashSet<string> Of(Conjunction all)
    {
        HashSet<string> types = ["null", "boolean", "number", "integer", "string", "array", "object"];
        foreach (var (_, value) in all.All("type"))
        {
            HashSet<string> named = value.ValueKind == JsonValueKind.Array
                ? [.. value.EnumerateArray().Select(one => one.GetString()!)] : [value.GetString()!];
            if (named.Contains("number")) named.Add("integer");
            types.IntersectWith(named);
        }
        return types;
    }

    public static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => ExactNumber.Parse(value.GetRawText()) is { IsInteger: true } ? "integer" : "number",
        JsonValueKind.String => "string",
        JsonValueKind.Array => "array",
        _ => "object",
    };
}
