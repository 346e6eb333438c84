// A schema with an identifier of its own, and how references within it are followed: by JSON pointer, anchor or the identifier of
// another resource in the same document. Nothing is fetched. Knows no other keyword.
using System.Text.Json;
using Majlis.Inference.Grammars.Json.Schemas.Objects;

namespace Majlis.Inference.Grammars.Json.Schemas;

sealed class SchemaResource
{
    static readonly string[] oldDialects = ["draft-03", "draft-04", "draft-06", "draft-07"];

    readonly SchemaResource document;
    readonly JsonElement schema;
    readonly string path;
    readonly Dictionary<string, (JsonElement Schema, string Path)> named = [];
    // Anchors of several schemas, of which identifiers would have to tell which is meant.
    readonly HashSet<string> shared = [];
    int recursiveAnchors;

    /// <summary>
    /// The keywords that lead elsewhere. Where only one schema has the name that a dynamic one asks for, it is a plain reference.
    /// </summary>
    public static string[] References { get; } = ["$ref", "$dynamicRef", "$recursiveRef"];

    /// <summary>A whole document.</summary>
    public SchemaResource(JsonElement schema)
    {
        (document, this.schema, path) = (this, schema, "#");
        var dialect = schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$schema", out var uri)
            && uri.ValueKind == JsonValueKind.String ? uri.GetString()! : "";
        IsOld = oldDialects.Any(old => dialect.Contains(old, StringComparison.Ordinal));
        Collect(schema, "#");
    }

    SchemaResource(SchemaResource document, JsonElement schema, string path) =>
        (this.document, this.schema, this.path, IsOld) = (document, schema, path, document.IsOld);

    /// <summary>Up to draft 7 keywords beside a $ref have no meaning, and an identifier may be called id.</summary>
    public bool IsOld { get; }

    /// <summary>The resource to which a subschema belongs: a new one where it has an identifier.</summary>
    public SchemaResource Of(JsonElement subschema, string at) =>
        at != "#" && Identifier(subschema) is { } id && !id.StartsWith('#') ? new(document, subschema, at) : this;

    /// <exception cref="GrammarException">The reference leads nowhere, or out of the document.</exception>
    public SchemaPart Follow(SchemaPart from, string keyword, JsonElement reference)
    {
        if (reference.ValueKind != JsonValueKind.String) throw from.Wrong(keyword, "a reference is a string.");
        if (keyword == "$recursiveRef" && document.recursiveAnchors > 1) throw from.Unsupported(keyword);
        var text = reference.GetString()!;
        var (place, fragment) = text.IndexOf('#') is var cut and >= 0 ? (text[..cut], text[(cut + 1)..]) : (text, "");
        var start = (Schema: schema, Path: path);
        if (place.Length > 0 && !document.named.TryGetValue(place, out start))
            throw from.Wrong(keyword, $"the reference '{text}' leads out of the schema; only references within it are followed.");
        if (fragment.Length > 0 && fragment[0] != '/')
        {
            if (document.shared.Contains("#" + fragment)) throw from.Wrong(keyword, $"several schemas here are called '#{fragment}'.");
            if (!document.named.TryGetValue("#" + fragment, out start)) throw from.Wrong(keyword, $"nothing here is called '{text}'.");
            fragment = "";
        }
        var resource = start.Path == document.path ? document : Of(start.Schema, start.Path);
        foreach (var step in fragment.Split('/', StringSplitOptions.None).Skip(1))
        {
            var name = Uri.UnescapeDataString(step)
                .Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            start = Step(start.Schema, name) is { } next ? (next, $"{start.Path}/{SchemaPart.Escaped(name)}")
                : throw from.Wrong(keyword, $"the reference '{text}' leads nowhere.");
            resource = resource.Of(start.Schema, start.Path);
        }
        return SchemaPart.At(start.Schema, start.Path, resource);
    }

    static JsonElement? Step(JsonElement from, string name) => from.ValueKind switch
    {
        JsonValueKind.Object when from.TryGetProperty(name, out var member) => member,
        JsonValueKind.Array when int.TryParse(name, out var index) && index >= 0 && index < from.GetArrayLength() => from[index],
        _ => null,
    };

    string? Identifier(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) return null;
        if (element.TryGetProperty("$id", out var id) && id.ValueKind == JsonValueKind.String) return id.GetString();
        return IsOld && element.TryGetProperty("id", out id) && id.ValueKind == JsonValueKind.String
            && (element.TryGetProperty("type", out _) || element.TryGetProperty("$ref", out _)) ? id.GetString() : null;
    }

    // A property may be called $id, too; then its value is no string.
    void Collect(JsonElement element, string at)
    {
        SchemaPart.CheckPath(at);
        if (element.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in element.EnumerateArray()) Collect(item, $"{at}/{index++}");
        }
        if (element.ValueKind != JsonValueKind.Object) return;
        if (Identifier(element) is { } id) named.TryAdd(id.TrimEnd('#') is { Length: > 0 } place ? place : id, (element, at));
        foreach (var keyword in new[] { "$anchor", "$dynamicAnchor" })
            if (element.TryGetProperty(keyword, out var anchor) && anchor.ValueKind == JsonValueKind.String
                && !named.TryAdd("#" + anchor.GetString(), (element, at))) shared.Add("#" + anchor.GetString());
        if (element.TryGetProperty("$recursiveAnchor", out var recursive) && recursive.ValueKind == JsonValueKind.True) recursiveAnchors++;
        if (element.TryGetProperty(SomeProperty.Keyword, out _))
            throw new GrammarException($"At {at}: '{SomeProperty.Keyword}' is not supported as a name.");
        foreach (var member in element.EnumerateObject())
            if (member.Name is not ("enum" or "const")) Collect(member.Value, $"{at}/{SchemaPart.Escaped(member.Name)}");
    }
}
