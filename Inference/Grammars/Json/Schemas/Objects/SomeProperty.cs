// A keyword of our own, which opposites need: an object has a property with such a name and such a value. No schema of a request may use
// it. Knows no bytes.
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Inference.Grammars.Json.Schemas.Objects;

/// <param name="Names">The schema of the name.</param>
/// <param name="Value">The schema of the value.</param>
sealed record SomeProperty(SchemaPart Names, SchemaPart Value)
{
    public const string Keyword = "(some property)";

    public static SomeProperty Of(SchemaPart part, JsonElement said) =>
        new(part.Child(said.GetProperty("names"), Keyword, "names"), part.Child(said.GetProperty("value"), Keyword, "value"));

    /// <summary>What is against additionalProperties: a property that neither properties nor patternProperties name.</summary>
    public static JsonObject Additional(SchemaPart part, JsonNode value)
    {
        var others = new JsonArray();
        if (part["properties"] is { } named)
            others.Add(Not("enum", new JsonArray([.. named.EnumerateObject().Select(one => JsonValue.Create(one.Name))])));
        if (part["patternProperties"] is { } patterns)
            foreach (var one in patterns.EnumerateObject()) others.Add(Not("pattern", JsonValue.Create(one.Name)));
        return Made(new JsonObject { ["allOf"] = others }, value);
    }

    /// <summary>What is against one of patternProperties.</summary>
    public static JsonObject Matching(string pattern, JsonNode value) => Made(new JsonObject { ["pattern"] = pattern }, value);

    /// <summary>What is against propertyNames.</summary>
    public static JsonObject Named(JsonNode names) => Made(names, JsonValue.Create(true));

    static JsonObject Made(JsonNode names, JsonNode value) => new()
    {
        ["type"] = "object",
        [Keyword] = new JsonObject { ["names"] = names, ["value"] = value },
    };

    static JsonObject Not(string keyword, JsonNode value) =>
        new() { ["type"] = "string", ["not"] = new JsonObject { [keyword] = value } };
}

/// <summary>A property that must be there.</summary>
/// <param name="Names">The contents of the strings that may be its name.</param>
sealed record WantedProperty(Node Names, SchemaPart Value)
{
    /// <summary>Whatever its value.</summary>
    public bool IsAny => Conjunction.Of([Value]) is { Parts.Count: 0 };
}
