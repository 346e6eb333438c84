// What subschemas that hold together say of an object's properties: which are named, which of them are required, and the subschemas of each
// property, named or not. Knows no bytes.
using System.Text.Json;

namespace Majlis.Inference.Grammars.Json.Schemas.Objects;

sealed class ObjectShape
{
    const int MostPatterns = 6;

    readonly Conjunction all;
    readonly ScalarRules scalars;
    readonly HashSet<string> required = [];

    public ObjectShape(Conjunction all, ScalarRules scalars)
    {
        (this.all, this.scalars) = (all, scalars);
        var needed = all.All("required").SelectMany(one => one.Value.EnumerateArray().Select(name => name.GetString()!)).ToList();
        required.UnionWith(needed);
        Names = [.. Members("properties").Concat(needed).Distinct()];
        Patterns = [.. Members("patternProperties").Distinct()];
        if (Patterns.Count > MostPatterns)
            throw all.All("patternProperties").First().Part.Wrong("patternProperties", $"up to {MostPatterns} patterns are supported.");
        NameConditions = [.. all.All("propertyNames").Select(one => NamesOf(one.Part.Child(one.Value, "propertyNames")))];
        Wanted = [.. all.All(SomeProperty.Keyword).Select(one => SomeProperty.Of(one.Part, one.Value))
            .Select(some => new WantedProperty(NamesOf(some.Names), some.Value))];
    }

    /// <summary>The named properties in the order in which they are written.</summary>
    public IReadOnlyList<string> Names { get; }

    public IReadOnlyList<string> Patterns { get; }

    /// <summary>Conditions on the names of properties.</summary>
    public IReadOnlyList<Node> NameConditions { get; }

    /// <summary>For each there must be a property, which may be the same for several. Sets of them are bits.</summary>
    public IReadOnlyList<WantedProperty> Wanted { get; }

    public int WantedSet(Func<WantedProperty, bool> isIn) => Wanted.Select((one, i) => isIn(one) ? 1 << i : 0).Sum();

    public IEnumerable<WantedProperty> WantedIn(int set) => Wanted.Where((_, i) => (set >> i & 1) != 0);

    public static IEnumerable<int> Subsets(int set) => Enumerable.Range(0, set + 1).Where(some => (some & ~set) == 0);

    /// <summary>Where a keyword stands.</summary>
    public string Place(string keyword) => $"{all.All(keyword).First().Part.Path}/{keyword}";

    public bool IsRequired(string name) => required.Contains(name);

    /// <summary>The subschemas of a named property; null where there cannot be one.</summary>
    public IEnumerable<SchemaPart>? Of(string name) => NameConditions.All(condition => scalars.Accepts(condition, name))
        ? all.Parts.SelectMany(part => Of(part, name)) : null;

    /// <summary>The subschemas of properties that are not named, for each set of patterns that a name may match.</summary>
    public IEnumerable<(IReadOnlyList<string> Patterns, IReadOnlyList<SchemaPart> Parts)> Further()
    {
        for (var chosen = 0; chosen < 1 << Patterns.Count; chosen++)
        {
            var some = Patterns.Where((_, i) => (chosen >> i & 1) != 0).ToList();
            var parts = all.Parts
                .SelectMany(part => Matching(part, some.Contains) is { Count: > 0 } matching ? matching : Additional(part)).ToList();
            if (!parts.Exists(part => part.IsFalse)) yield return (some, parts);
        }
    }

    IEnumerable<string> Members(string keyword) =>
        all.All(keyword).SelectMany(one => one.Value.EnumerateObject().Select(member => member.Name));

    IEnumerable<SchemaPart> Of(SchemaPart part, string name)
    {
        var matching = Matching(part, pattern => scalars.Matches($"{part.Path}/patternProperties", pattern, name));
        if (part["properties"] is { } properties && properties.TryGetProperty(name, out var schema))
            matching.Insert(0, part.Child(schema, "properties", name));
        return matching.Count > 0 ? matching : Additional(part);
    }

    static List<SchemaPart> Matching(SchemaPart part, Func<string, bool> matches)
    {
        const string keyword = "patternProperties";
        return part[keyword] is not { } patterns ? []
            : [.. patterns.EnumerateObject().Where(one => matches(one.Name)).Select(one => part.Child(one.Value, keyword, one.Name))];
    }

    static IEnumerable<SchemaPart> Additional(SchemaPart part) =>
        part["additionalProperties"] is { } schema ? [part.Child(schema, "additionalProperties")] : [];

    /// <summary>The names that satisfy a schema.</summary>
    Node NamesOf(SchemaPart schema) => NamesOf(Conjunction.Of([schema]));

    Node NamesOf(Conjunction? names)
    {
        if (names is null || !ValueTypes.Of(names).Contains("string")) return scalars.NoText;
        if (names.Branches() is { } branches) return scalars.Either(branches.Select(branch => NamesOf(branch)).ToList());
        if (ScalarRules.Literals(names) is { } literals)
            return scalars.AnyOf(literals.Where(value => value.ValueKind == JsonValueKind.String
                && scalars.Accepts(scalars.String(names), value.GetString()!)));
        return scalars.String(names);
    }
}
