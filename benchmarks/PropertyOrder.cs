// Whether a value's members come in the order of its schema's properties, further ones after them: grammars write no other order. Looks at
// all places where a schema names properties, so it may call a value out of order that an alternative would take.
using System.Text.Json;

namespace Majlis.benchmarks;

static class PropertyOrder
{
    const int Deepest = 64;

    static readonly string[] several = ["allOf", "anyOf", "oneOf"];
    static readonly string[] single = ["then", "else"];

    public static bool Holds(JsonElement schema, JsonElement value) => Holds(schema, schema, value, 0);

    static bool Holds(JsonElement root, JsonElement schema, JsonElement value, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > Deepest) return true;
        bool Within(JsonElement inner, JsonElement part) => Holds(root, inner, part, depth + 1);
        if (schema.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String
            && Follow(root, reference.GetString()!) is { } target && !Within(target, value)) return false;
        foreach (var keyword in several)
            if (schema.TryGetProperty(keyword, out var all) && all.ValueKind == JsonValueKind.Array
                && !all.EnumerateArray().All(one => Within(one, value))) return false;
        foreach (var keyword in single)
            if (schema.TryGetProperty(keyword, out var one) && !Within(one, value)) return false;
        return value.ValueKind switch
        {
            JsonValueKind.Object => IsOrdered(schema, value) && value.EnumerateObject().All(member =>
                Subschemas(schema, member.Name).All(inner => Within(inner, member.Value))),
            JsonValueKind.Array => !schema.TryGetProperty("items", out var items)
                || value.EnumerateArray().All(item => Within(items, item)),
            _ => true,
        };
    }

    static bool IsOrdered(JsonElement schema, JsonElement value)
    {
        if (!schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object) return true;
        var order = properties.EnumerateObject().Select(property => property.Name).ToList();
        var places = value.EnumerateObject().Select(member => order.IndexOf(member.Name) is var at and >= 0 ? at : int.MaxValue).ToList();
        return places.SequenceEqual(places.Order());
    }

    static IEnumerable<JsonElement> Subschemas(JsonElement schema, string name)
    {
        if (schema.TryGetProperty("properties", out var named) && named.TryGetProperty(name, out var property)) yield return property;
        if (schema.TryGetProperty("additionalProperties", out var further)) yield return further;
        if (schema.TryGetProperty("patternProperties", out var patterns))
            foreach (var pattern in patterns.EnumerateObject()) yield return pattern.Value;
    }

    static JsonElement? Follow(JsonElement root, string reference)
    {
        if (!reference.StartsWith('#')) return null;
        foreach (var step in reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty(step.Replace("~1", "/", StringComparison.Ordinal), out var next)) return null;
            root = next;
        }
        return root;
    }
}
