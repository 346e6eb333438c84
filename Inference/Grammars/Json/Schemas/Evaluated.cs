// Which properties and items a schema's keywords look at when it holds, for those that unevaluated... leaves over
// (https://json-schema.org/draft/2020-12/json-schema-core#section-11). Knows no value.
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Inference.Grammars.Json.Schemas;

sealed class Evaluated
{
    readonly HashSet<string> seen = [];
    readonly bool most;
    readonly List<string> names = [], patterns = [];
    bool allProperties, allItems;
    int items;

    /// <param name="parts">They hold together.</param>
    /// <param name="most">Also what is evaluated only by alternatives and under conditions.</param>
    public Evaluated(IEnumerable<SchemaPart> parts, bool most)
    {
        this.most = most;
        foreach (var part in parts) Collect(part);
    }

    /// <summary>What says of all other properties or items that <paramref name="schema"/> holds; null where there are no others.</summary>
    public JsonObject? Others(string keyword, JsonElement schema)
    {
        if (keyword == "unevaluatedItems")
            return allItems ? null : new JsonObject { ["prefixItems"] = Any(items), ["items"] = SchemaRewriter.Node(schema) };
        return allProperties ? null : new JsonObject
        {
            ["properties"] = Any(names),
            ["patternProperties"] = Any(patterns),
            ["additionalProperties"] = SchemaRewriter.Node(schema),
        };
    }

    void Collect(SchemaPart part)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (part.Schema.ValueKind != JsonValueKind.Object || !seen.Add(part.Key)) return;
        foreach (var member in part.Schema.EnumerateObject())
            if (part[member.Name] is { } value) Collect(part, member.Name, value);
    }

    void Collect(SchemaPart part, string keyword, JsonElement value)
    {
        switch (keyword)
        {
            case "properties" or "patternProperties":
                (keyword == "properties" ? names : patterns).AddRange(value.EnumerateObject().Select(one => one.Name));
                break;
            case "additionalProperties" or "unevaluatedProperties":
                allProperties = true;
                break;
            case "prefixItems" or "items" when value.ValueKind == JsonValueKind.Array:
                items = Math.Max(items, value.GetArrayLength());
                break;
            case "items" or "unevaluatedItems":
                allItems = true;
                break;
            case "additionalItems" when part["items"] is { ValueKind: JsonValueKind.Array }:
                allItems = true;
                break;
            case "$ref" or "$dynamicRef" or "$recursiveRef":
                Collect(part.Resource.Follow(part, keyword, value));
                break;
            case "allOf":
                Each(part, keyword, value);
                break;
            default:
                if (most) CollectConditional(part, keyword, value);
                break;
        }
    }

    void CollectConditional(SchemaPart part, string keyword, JsonElement value)
    {
        switch (keyword)
        {
            case "anyOf" or "oneOf":
                Each(part, keyword, value);
                break;
            case "if":
                foreach (var one in new[] { "if", "then", "else" })
                    if (part[one] is { } branch) Collect(part.Child(branch, one));
                break;
            case "dependentSchemas" or "dependencies":
                foreach (var one in value.EnumerateObject().Where(one => one.Value.ValueKind != JsonValueKind.Array))
                    Collect(part.Child(one.Value, keyword, one.Name));
                break;
            case "contains":
                allItems = true;
                break;
        }
    }

    void Each(SchemaPart part, string keyword, JsonElement schemas)
    {
        var index = 0;
        foreach (var one in schemas.EnumerateArray()) Collect(part.Child(one, keyword, $"{index++}"));
    }

    static JsonObject Any(IEnumerable<string> names) =>
        new(names.Distinct().Select(name => KeyValuePair.Create(name, (JsonNode?)JsonValue.Create(true))));

    static JsonArray Any(int count) => new([.. Enumerable.Range(0, count).Select(_ => JsonValue.Create(true))]);
}
