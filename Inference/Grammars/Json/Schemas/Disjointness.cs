// Whether no value can satisfy two schemas, as far as that is seen at once: by types, by single values, by properties that one requires and
// the other forbids or gives other values. Knows no bytes.
using System.Text.Json;

namespace Majlis.Inference.Grammars.Json.Schemas;

static class Disjointness
{
    const int Deepest = 8;

    /// <summary>False where it cannot be seen.</summary>
    public static bool Of(SchemaPart one, SchemaPart other, int depth = 0)
    {
        (one, other) = (Followed(one), Followed(other));
        if (one.IsFalse || other.IsFalse) return true;
        var (types, others) = (TypesOf(one), TypesOf(other));
        if (!types.Overlaps(others)) return true;
        if (ValuesOf(one) is { } values && ValuesOf(other) is { } more)
            return !values.Any(value => more.Any(another => JsonElement.DeepEquals(value, another)));
        types.IntersectWith(others);
        return depth < Deepest && types.SetEquals(["object"]) && (Parted(one, other, depth) || Parted(other, one, depth));
    }

    /// <summary>Whether the schemas of one property list texts of which no two are equal.</summary>
    public static bool ByProperty(IEnumerable<SchemaPart> schemas, string name)
    {
        var seen = new HashSet<string>();
        foreach (var schema in schemas)
            if (Property(Followed(schema), name) is not { } property || ValuesOf(Followed(property)) is not { } values
                || !values.All(value => value.ValueKind == JsonValueKind.String && seen.Add(value.GetString()!))) return false;
        return true;
    }

    static SchemaPart Followed(SchemaPart part)
    {
        for (var steps = 0; steps < Deepest && part["$ref"] is { } reference; steps++)
        {
            if (!part.Resource.IsOld && !part.Without("$ref").IsTrue) break;
            part = part.Resource.Follow(part, "$ref", reference);
        }
        return part;
    }

    static HashSet<string> TypesOf(SchemaPart part)
    {
        string[] all = ["null", "boolean", "integer", "fraction", "string", "array", "object"];
        if (ValuesOf(part) is { } values) return [.. values.SelectMany(value => Kinds(value.ValueKind))];
        var named = part["type"] switch
        {
            { ValueKind: JsonValueKind.String } type => [type.GetString()!],
            { ValueKind: JsonValueKind.Array } several => several.EnumerateArray().Select(type => type.ToString()).ToArray(),
            _ => all,
        };
        return [.. named.SelectMany(name => name == "number" ? ["integer", "fraction"] : new[] { name })];
    }

    static string[] Kinds(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Null => ["null"],
        JsonValueKind.True or JsonValueKind.False => ["boolean"],
        JsonValueKind.Number => ["integer", "fraction"],
        JsonValueKind.String => ["string"],
        JsonValueKind.Array => ["array"],
        _ => ["object"],
    };

    static JsonElement[]? ValuesOf(SchemaPart part) => part["const"] is { } one ? [one]
        : part["enum"] is { ValueKind: JsonValueKind.Array } all ? [.. all.EnumerateArray()] : null;

    /// <summary>One requires a property that the other does not allow, or allows with other values only.</summary>
    static bool Parted(SchemaPart one, SchemaPart other, int depth)
    {
        if (one["required"] is not { ValueKind: JsonValueKind.Array } required) return false;
        foreach (var name in required.EnumerateArray().Select(name => name.GetString()!))
        {
            var mine = Property(one, name);
            if (Property(other, name) is { } theirs)
            {
                if (mine is not null && Of(mine, theirs, depth + 1)) return true;
                if (theirs.IsFalse) return true;
            }
            else if (other["additionalProperties"] is { ValueKind: JsonValueKind.False } && other["patternProperties"] is null) return true;
        }
        return false;
    }

    static SchemaPart? Property(SchemaPart part, string name) =>
        part["properties"] is { ValueKind: JsonValueKind.Object } all && all.TryGetProperty(name, out var schema)
            ? part.Child(schema, "properties", name) : null;
}
