// The schema of all values for which another does not hold, said without not where that can be said. Knows no bytes.
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Inference.Grammars.Json.Schemas.Objects;

namespace Majlis.Inference.Grammars.Json.Schemas;

static class Negation
{
    const int MostOfOne = 16;

    static readonly string[] types = ["null", "boolean", "number", "string", "array", "object"];

    static readonly string[] comments =
    [
        "title", "description", "default", "examples", "example", "$schema", "$id", "id", "$comment", "$defs", "definitions", "$anchor",
        "readOnly", "writeOnly", "deprecated",
    ];

    /// <summary>
    /// Single values are excluded where values are compiled; patterns, formats and multiples only beside the type that they say something
    /// of, because values of other types have them all.
    /// </summary>
    /// <param name="part">What the not belongs to.</param>
    public static bool IsPlain(SchemaPart part, JsonElement not)
    {
        if (not.ValueKind != JsonValueKind.Object || not.GetPropertyCount() != 1) return false;
        var type = part["type"] is { ValueKind: JsonValueKind.String } named ? named.GetString() : null;
        return not.EnumerateObject().First().Name switch
        {
            "enum" or "const" => true,
            "pattern" or "format" => type == "string",
            "multipleOf" => type is "number" or "integer",
            _ => false,
        };
    }

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
            part = part.Resource.Follow(part, "$ref", reference);
        }
        return part;
    }

    static SchemaPart Made(SchemaPart part, JsonNode schema) => SchemaRewriter.Made(part, "not", schema);

    static IEnumerable<JsonNode> Opposites(SchemaPart part, string keyword, JsonElement value) => keyword switch
    {
        "type" => [OtherTypes(value)],
        "enum" or "const" or "pattern" or "format" or "multipleOf" => Plain(keyword, value),
        "required" => value.EnumerateArray().Select(name => Typed("object", "properties", new JsonObject { [name.GetString()!] = false })),
        "properties" => value.EnumerateObject().Where(one => one.Value.ValueKind != JsonValueKind.True).Select(one => Without(one)),
        "minLength" => Fewer("string", "maxLength", value),
        "maxLength" => [Typed("string", "minLength", Count(value) + 1)],
        "minItems" => Fewer("array", "maxItems", value),
        "maxItems" => [Typed("array", "minItems", Count(value) + 1)],
        "minProperties" => Fewer("object", "maxProperties", value),
        "maxProperties" => [Typed("object", "minProperties", Count(value) + 1)],
        "minimum" => [Typed("number", IsFlag(part["exclusiveMinimum"]) ? "maximum" : "exclusiveMaximum", Node(value))],
        "maximum" => [Typed("number", IsFlag(part["exclusiveMaximum"]) ? "minimum" : "exclusiveMinimum", Node(value))],
        "exclusiveMinimum" when value.ValueKind == JsonValueKind.Number => [Typed("number", "maximum", Node(value))],
        "exclusiveMaximum" when value.ValueKind == JsonValueKind.Number => [Typed("number", "minimum", Node(value))],
        "anyOf" => [All(value.EnumerateArray().Select(Not))],
        "allOf" => value.EnumerateArray().Select(Not),
        "oneOf" => NotOne(part, [.. value.EnumerateArray()]),
        "not" => [Node(value)],
        "$ref" or "$dynamicRef" or "$recursiveRef" => [Not(JsonSerializer.SerializeToElement(new JsonObject { [keyword] = Node(value) }))],
        "if" => NotEither(value, part["then"], part["else"]),
        "items" when value.ValueKind != JsonValueKind.Array && part["prefixItems"] is null => [Typed("array", "contains", Not(value))],
        "items" or "prefixItems" when value.ValueKind == JsonValueKind.Array => value.EnumerateArray().Select(NotAt),
        "contains" when part["minContains"] is null && part["maxContains"] is null => [Typed("array", "items", Not(value))],
        "additionalProperties" when value.ValueKind != JsonValueKind.True => [SomeProperty.Additional(part, Not(value))],
        "patternProperties" => value.EnumerateObject().Where(one => one.Value.ValueKind != JsonValueKind.True)
            .Select(one => SomeProperty.Matching(one.Name, Not(one.Value))),
        "propertyNames" => [SomeProperty.Named(Not(value))],
        "dependentRequired" or "dependentSchemas" or "dependencies" => value.EnumerateObject().Select(NotFollowing),
        "additionalItems" when part["items"] is not { ValueKind: JsonValueKind.Array } => [],
        "items" or "additionalItems" when value.ValueKind == JsonValueKind.False && Tuple(part) is { } first =>
            [Typed("array", "minItems", first.GetArrayLength() + 1)],
        "additionalProperties" or "items" or "additionalItems" when value.ValueKind == JsonValueKind.True => [],
        "uniqueItems" when value.ValueKind == JsonValueKind.False => [],
        SomeProperty.Keyword or "items" or "contains" or "uniqueItems" or "additionalItems" or "unevaluatedItems"
            or "unevaluatedProperties" =>
            throw part.Wrong(keyword, $"values against '{keyword}' cannot be described; a 'not', 'oneOf' or 'if' needs them."),
        _ => [],
    };

    /// <summary>None holds, or two do.</summary>
    static IEnumerable<JsonNode> NotOne(SchemaPart part, JsonElement[] schemas)
    {
        if (schemas.Length > MostOfOne) throw part.Wrong("oneOf", $"up to {MostOfOne} schemas are supported in a 'oneOf' under a 'not'.");
        yield return All(schemas.Select(Not));
        var parts = schemas.Select((schema, i) => part.Child(schema, "oneOf", $"{i}")).ToList();
        for (var i = 0; i < schemas.Length; i++)
            for (var j = 0; j < i; j++)
                if (!Disjointness.Of(parts[i], parts[j])) yield return All([Node(schemas[j]), Node(schemas[i])]);
    }

    static IEnumerable<JsonNode> NotEither(JsonElement condition, JsonElement? then, JsonElement? otherwise)
    {
        if (then is { } yes) yield return All([Node(condition), Not(yes)]);
        if (otherwise is { } no) yield return All([Not(condition), Not(no)]);
    }

    /// <summary>The schemas of an array's first items.</summary>
    static JsonElement? Tuple(SchemaPart part) =>
        part["prefixItems"] ?? (part["items"] is { ValueKind: JsonValueKind.Array } old ? old : null);

    static JsonObject NotAt(JsonElement schema, int index)
    {
        var not = Typed("array", "minItems", index + 1);
        not["prefixItems"] = new JsonArray([.. Enumerable.Repeat(true, index).Select(any => JsonValue.Create(any)), Not(schema)]);
        return not;
    }

    // A property is there, and what it asks for is not: other properties, one of which lacks, or a schema.
    static JsonObject NotFollowing(JsonProperty one)
    {
        var there = Typed("object", "required", new JsonArray(one.Name));
        return All([there, one.Value.ValueKind != JsonValueKind.Array ? Not(one.Value)
            : Not(JsonSerializer.SerializeToElement(new JsonObject { ["required"] = Node(one.Value) }))]);
    }

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
        if (keyword is "pattern" or "format" or "multipleOf") not["type"] = keyword == "multipleOf" ? "number" : "string";
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

    static JsonObject All(IEnumerable<JsonNode> schemas) => new() { ["allOf"] = new JsonArray([.. schemas]) };

    static JsonObject Not(JsonElement schema) => new() { ["not"] = Node(schema) };

    static JsonNode Node(JsonElement element) => SchemaRewriter.Node(element);
}
