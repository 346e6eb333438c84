// Says keywords in terms of others: oneOf, not, if and dependencies become anyOf and allOf, so that the compiler knows few keywords. Knows
// no bytes.
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Inference.Grammars.Json.Schemas;

static class SchemaRewriter
{
    const int MostAlternatives = 512;

    /// <summary>
    /// The part with one keyword less and the schemas that say the same, all of which must hold; null where there is nothing to rewrite.
    /// </summary>
    /// <exception cref="GrammarException">The keyword cannot be said with others.</exception>
    public static IReadOnlyList<SchemaPart>? Rewrite(SchemaPart part)
    {
        if (part["oneOf"] is { } one) return [part.Without("oneOf"), OneOf(part, one)];
        if (part["if"] is { } condition)
            return [part.Without("if", "then", "else"), Condition(part, condition, part["then"], part["else"])];
        // Also a plain one is a schema, and checked as such.
        if (part["not"] is { } not && part.Child(not, "not") is var inner && !Negation.IsPlain(part, not))
            return [part.Without("not"), Negation.Of(inner)];
        foreach (var keyword in new[] { "dependentRequired", "dependentSchemas", "dependencies" })
            if (part[keyword] is { ValueKind: JsonValueKind.Object } all)
                return [part.Without(keyword), .. all.EnumerateObject().Select(one => Dependency(part, keyword, one))];
        return null;
    }

    /// <summary>A schema made from another keyword of the part.</summary>
    public static SchemaPart Made(SchemaPart part, string keyword, JsonNode schema) =>
        part.Child(JsonSerializer.SerializeToElement(schema), "(" + keyword + ")");

    // Where two schemas may hold for one value, each excludes the other. A discriminator is always written, also where it has a default.
    static SchemaPart OneOf(SchemaPart part, JsonElement all)
    {
        var schemas = all.EnumerateArray().Select((schema, i) => part.Child(schema, "oneOf", $"{i}")).ToList();
        if (part["discriminator"] is { ValueKind: JsonValueKind.Object } discriminator
            && discriminator.TryGetProperty("propertyName", out var name) && name.ValueKind == JsonValueKind.String
            && Disjointness.ByProperty(schemas, name.GetString()!))
            return Made(part, "oneOf", new JsonObject { ["anyOf"] = new JsonArray([.. schemas.Select(one => With(one, name))]) });
        // Each is compared with each.
        if (schemas.Count > MostAlternatives) throw part.Wrong("oneOf", $"up to {MostAlternatives} schemas are supported.");
        var branches = new JsonArray();
        for (var i = 0; i < schemas.Count; i++)
        {
            var both = new JsonArray(Node(schemas[i].Schema));
            for (var j = 0; j < schemas.Count; j++)
                if (j != i && !Disjointness.Of(schemas[i], schemas[j])) both.Add(new JsonObject { ["not"] = Node(schemas[j].Schema) });
            branches.Add(both.Count == 1 ? both[0]!.DeepClone() : new JsonObject { ["allOf"] = both });
        }
        return Made(part, "oneOf", new JsonObject { ["anyOf"] = branches });
    }

    static JsonObject With(SchemaPart part, JsonElement property) =>
        new() { ["allOf"] = new JsonArray(Node(part.Schema), new JsonObject { ["required"] = new JsonArray(Node(property)) }) };

    static SchemaPart Condition(SchemaPart part, JsonElement condition, JsonElement? then, JsonElement? otherwise)
    {
        var not = new JsonObject { ["not"] = Node(condition) };
        var branches = new JsonArray(
            new JsonObject { ["allOf"] = new JsonArray([Node(condition), .. then is { } yes ? [Node(yes)] : Array.Empty<JsonNode>()]) },
            new JsonObject { ["allOf"] = new JsonArray([not, .. otherwise is { } no ? [Node(no)] : Array.Empty<JsonNode>()]) });
        return then is null && otherwise is null ? Made(part, "if", new JsonObject())
            : Made(part, "if", new JsonObject { ["anyOf"] = branches });
    }

    static SchemaPart Dependency(SchemaPart part, string keyword, JsonProperty one)
    {
        var then = one.Value.ValueKind == JsonValueKind.Array ? new JsonObject { ["required"] = Node(one.Value) } : Node(one.Value);
        return Made(part, $"{keyword} {one.Name}", new JsonObject
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["properties"] = new JsonObject { [one.Name] = false } },
                new JsonObject { ["allOf"] = new JsonArray(new JsonObject { ["required"] = new JsonArray(one.Name) }, then) }),
        });
    }

    public static JsonNode Node(JsonElement element) => JsonNode.Parse(element.GetRawText())!;
}
