// One subschema with its place. Knows no meaning of any keyword.
using System.Collections.Immutable;
using System.Text.Json;

namespace Majlis.Inference.Grammars.Json.Schemas;

/// <param name="Schema">An object, true or false.</param>
/// <param name="Path">A JSON pointer, for messages; unique, so that equal paths are equal subschemas.</param>
/// <param name="Resource">The subschema to which references beginning with # are relative.</param>
sealed record SchemaPart(JsonElement Schema, string Path, SchemaResource Resource)
{
    const int LongestPath = 1 << 12;

    /// <summary>Keywords that were dealt with.</summary>
    ImmutableSortedSet<string> Done { get; init; } = [];

    /// <summary>What makes it one and the same.</summary>
    public string Key => Done.IsEmpty ? Path : $"{Path} without {string.Join(',', Done)}";

    public bool IsTrue => Schema.ValueKind == JsonValueKind.True
        || (Schema.ValueKind == JsonValueKind.Object && Schema.EnumerateObject().All(member => Done.Contains(member.Name)));

    public bool IsFalse => Schema.ValueKind == JsonValueKind.False;

    /// <summary>The keyword's value, or null where it is absent or dealt with.</summary>
    public JsonElement? this[string keyword] => Schema.ValueKind == JsonValueKind.Object && !Done.Contains(keyword)
        && Schema.TryGetProperty(keyword, out var value) ? value : null;

    public SchemaPart Without(params ReadOnlySpan<string> keywords) => this with { Done = Done.Union(keywords.ToArray()) };

    /// <summary>A subschema of this one.</summary>
    /// <exception cref="GrammarException">It is no schema.</exception>
    public SchemaPart Child(JsonElement schema, params ReadOnlySpan<string> steps)
    {
        var path = Path;
        foreach (var step in steps) path += "/" + Escaped(step);
        return At(schema, path, Resource);
    }

    /// <summary>A subschema at any place.</summary>
    public static SchemaPart At(JsonElement schema, string path, SchemaResource resource)
    {
        CheckPath(path);
        if (schema.ValueKind is not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False))
            throw new GrammarException($"At {path}: a schema must be an object, true or false.");
        SchemaKeywords.Check(schema, path);
        return new(schema, path, resource.Of(schema, path));
    }

    /// <summary>Paths are kept for every subschema, so they must be short.</summary>
    public static void CheckPath(string path)
    {
        if (path.Length > LongestPath)
            throw new GrammarException($"At {path[..100]}...: the names on the way here are too long, more than {LongestPath} characters.");
    }

    public GrammarException Wrong(string keyword, string what) => new($"At {Path}/{Escaped(keyword)}: {what}");

    public GrammarException Unsupported(string keyword) => Wrong(keyword, $"'{keyword}' is not supported here.");

    public static string Escaped(string step) =>
        step.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
