// The schema of all values for which another does not hold, said without not where that can be said. Knows no bytes.
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Inference.Grammars.Json.Schemas;

static class Negation
{
    static readonly string[] types = ["null", "boolean", "number", "string", "array", "object"];

    static readonly string[] comments =
    [
        "title", "description", "default", "examples", "example", "$schema", "$id", "id", "$comment", "$defs", "definitions", "$anchor",
        "readOnly", "writeOnly", "deprecated",
    ];

    /// <summary>Single values, patterns and multiples are excluded where strings and numbers are compiled.</summary>
    public static bool IsPlain(JsonElement schema) => schema.ValueKind == JsonValueKind.Object
        && schema.GetPropertyCount() == 1
        && schema.EnumerateObject().All(member => member.Name is "enum" or "const" or "pattern" or "multipleOf");

    /// <exception cref="GrammarException">It holds a keyword whose opposite cannot be said, or a reference to itself.</exception>
    public static SchemaPart Of(SchemaPart part)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        part = Followed(part);
        if (part.IsTrue) return Made(part, JsonValue.Create(false));
        if (part.IsFalse) return Made(part, JsonValue.Create(true));
        var either = new JsonArray();
        foreach (var member in part.Schema.EnumerateObject())
            if (!comments.Contains(member.Name))
                foreach (var opposite in Opposites(part, member.Name, member.Value)) either.Add(opposite);
        return Made(part, either.Count == 0 ? JsonValue.Create(false) : new JsonObject { ["anyOf"] = either });
    }

    /// <summary>What it refers to, where it says nothing else.</summary>
    static SchemaPart Followed(SchemaPart part)
    {
        var seen = new HashSet<string>();
        while (part["$ref"] is { } reference && (part.Resource.IsOld || part.Without("$ref").IsTrue))
        {
            if (!seen.Add(part.Key)) throw part.Wrong("$ref", "the reference leads back to itself.");
            part = part.Resource.Follow(part, reference);
        }
        return part;
    }

    static SchemaPart Made(SchemaPart part, JsonNode schema) => SchemaRewriter.Made(part, "not", schema);

    static IEnumerable<JsonNode> Opposites(SchemaPart part, string keyword, JsonElement value) => keyword switch
    {
        "type" => [OtherTypes(value)],
        "enum" or "const" or "pattern" or "multipleOf" => Plain(keyword, value),
        "required" => value.EnumerateArray().Select(name => Typed("object", "properties", new JsonObject { [name.GetString()!] = false })),
        "properties" => value.EnumerateObject().Where(one => one.Value.ValueKind != JsonValueKind.True).Select(one => Without(one)),
        "minLength" => Fewer("string", "maxLength", value),
        "maxLength" => [Typed("string", "minLength", Count(value) + 1)],
        "minItems" => Fewer("array", "maxItems", value),
        "maxItems" => [Typed("array", "minItems", Count(value) + 1)],
        "minProperties" => Fewer("object", "maxProperties", value),
        "maxProperties" => [Typed("object", "minProperties", Count(value) + 1)],
        "minimum" when !IsFlag(part["exclusiveMinimum"]) => [Typed("number", "exclusiveMaximum", Node(value))],
        "maximum" when !IsFlag(part["exclusiveMaximum"]) => [Typed("number", "exclusiveMinimum", Node(value))],
        "exclusiveMinimum" when value.ValueKind == JsonValueKind.Number => [Typed("number", "maximum", Node(value))],
        "exclusiveMaximum" when value.ValueKind == JsonValueKind.Number => [Typed("number", "minimum", Node(value))],
        "anyOf" => [new JsonObject { ["allOf"] = new JsonArray([.. value.EnumerateArray().Select(Not)]) }],
        "allOf" => value.EnumerateArray().Select(Not),
        "not" => [Node(value)],
        "additionalProperties" or "items" when value.ValueKind == JsonValueKind.True => [],
        "$ref" or "oneOf" or "if" or "then" or "else" or "items" or "additionalProperties" or "patternProperties"
            or "format" or "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "contains" or "uniqueItems"
            or "prefixItems" or "additionalItems" or "propertyNames" or "dependencies" or "dependentRequired" or "dependentSchemas"
            or "unevaluatedItems" or "unevaluatedProperties" or "$dynamicRef" =>
            throw part.Wrong(keyword, $"values against '{keyword}' cannot be described; a 'not', 'oneOf' or 'if' needs them."),
        _ => [],
    };

    // In draft 4 the exclusive keyword is a flag.
    static bool IsFlag(JsonElement? value) => value is { ValueKind: JsonValueKind.True };

    // A property that is there, and not as the schema wants it.
    static JsonObject Without(JsonProperty property)
    {
        var not = Typed("object", "properties", new JsonObject { [property.Name] = Not(property.Value) });
        not["required"] = new JsonArray(property.Name);
        return not;
    }

    static IEnumerable<JsonNode> Plain(string keyword, JsonElement value)
    {
        var not = new JsonObject { ["not"] = new JsonObject { [keyword] = Node(value) } };
        if (keyword is "pattern" or "multipleOf") not["type"] = keyword == "pattern" ? "string" : "number";
        yield return not;
    }

    static IEnumerable<JsonNode> Fewer(string type, string keyword, JsonElement value) =>
        Count(value) > 0 ? [Typed(type, keyword, Count(value) - 1)] : [];

    // It may be written as 1.0 or 1e0.
    static long Count(JsonElement value) => (long)ExactNumber.Parse(value.GetRawText())!.Value.Digits;

    static JsonObject OtherTypes(JsonElement value)
    {
        string[] named = value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(one => one.ToString())] : [value.ToString()];
        var isInteger = named.Contains("integer") && !named.Contains("number");
        var others = types.Except(isInteger ? named.Append("number") : named).Select(one => JsonValue.Create(one));
        var other = new JsonObject { ["type"] = new JsonArray([.. others]) };
        return !isInteger ? other
            : new JsonObject { ["anyOf"] = new JsonArray([other, .. Plain("multipleOf", JsonSerializer.SerializeToElement(1))]) };
    }

    static JsonObject Typed(string type, string keyword, JsonNode value) => new() { ["type"] = type, [keyword] = value };

    static JsonObject Not(JsonElement schema) => new() { ["not"] = Node(schema) };

    static JsonNode Node(JsonElement element) => SchemaRewriter.Node(element);
}
