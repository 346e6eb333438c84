// A schema with an identifier of its own, and how references within it are followed: by JSON pointer, anchor or the identifier of
// another resource in the same document, which is resolved as URIs are (RFC 3986). Nothing is fetched. Knows no other keyword.
using System.Text.Json;
using Majlis.Inference.Grammars.Json.Schemas.Objects;

namespace Majlis.Inference.Grammars.Json.Schemas;

sealed class SchemaResource
{
    static readonly string[] oldDialects = ["draft-03", "draft-04", "draft-06", "draft-07"];

    // Of a document that says none; references to it are relative.
    static readonly Uri unnamed = new("http://document.invalid/");

    readonly SchemaResource document;
    readonly JsonElement schema;
    readonly string path;
    readonly Uri place;
    // By identifiers and anchors, as they are written and as they are resolved; and the resource that each belongs to.
    readonly Dictionary<string, (JsonElement Schema, string Path, SchemaResource Owner)> named = [];
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
        place = Resolved(unnamed, Identifier(schema));
        Collect(schema, "#", this);
    }

    SchemaResource(SchemaResource document, JsonElement schema, string path, Uri place) =>
        (this.document, this.schema, this.path, this.place, IsOld) = (document, schema, path, place, document.IsOld);

    /// <summary>Up to draft 7 keywords beside a $ref have no meaning, and an identifier may be called id.</summary>
    public bool IsOld { get; }

    /// <summary>The resource to which a subschema belongs: a new one where it has an identifier.</summary>
    public SchemaResource Of(JsonElement subschema, string at) =>
        at != path && at != "#" && Identifier(subschema) is { } id && !id.StartsWith('#')
            ? new(document, subschema, at, Resolved(place, id)) : this;

    /// <exception cref="GrammarException">The reference leads nowhere, or out of the document.</exception>
    public SchemaPart Follow(SchemaPart from, string keyword, JsonElement reference)
    {
        if (reference.ValueKind != JsonValueKind.String) throw from.Wrong(keyword, "a reference is a string.");
        if (keyword == "$recursiveRef" && document.recursiveAnchors > 1) throw from.Unsupported(keyword);
        var text = reference.GetString()!;
        var (target, fragment) = text.IndexOf('#') is var cut and >= 0 ? (text[..cut], text[(cut + 1)..]) : (text, "");
        var start = (Schema: schema, Path: path, Owner: this);
        if (target.Length > 0 && !Find(Resolved(place, target).AbsoluteUri, target, out start))
            throw from.Wrong(keyword, $"the reference '{text}' leads out of the schema; only references within it are followed.");
        if (fragment.Length > 0 && fragment[0] != '/')
        {
            var inOwner = $"{start.Owner.place.AbsoluteUri}#{fragment}";
            // Which of several a dynamic reference means, its way there decides.
            var isPlain = keyword == "$ref" && document.named.ContainsKey(inOwner);
            if (!isPlain && document.shared.Contains("#" + fragment))
                throw from.Wrong(keyword, $"several schemas here are called '#{fragment}'.");
            if (!Find(inOwner, "#" + fragment, out start)) throw from.Wrong(keyword, $"nothing here is called '{text}'.");
            fragment = "";
        }
        var (found, at, resource) = start;
        foreach (var step in fragment.Split('/', StringSplitOptions.None).Skip(1))
        {
            var name = Uri.UnescapeDataString(step)
                .Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            (found, at) = Step(found, name) is { } next ? (next, $"{at}/{SchemaPart.Escaped(name)}")
                : throw from.Wrong(keyword, $"the reference '{text}' leads nowhere.");
            resource = resource.Of(found, at);
        }
        return SchemaPart.At(found, at, resource);
    }

    bool Find(string resolved, string written, out (JsonElement Schema, string Path, SchemaResource Owner) found) =>
        document.named.TryGetValue(resolved, out found) || document.named.TryGetValue(written, out found);

    // What is no URI is taken as it is written.
    static Uri Resolved(Uri place, string? reference) =>
        reference is not null && Uri.TryCreate(place, reference.Split('#')[0], out var resolved) ? resolved : place;

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
    void Collect(JsonElement element, string at, SchemaResource owner)
    {
        SchemaPart.CheckPath(at);
        if (element.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in element.EnumerateArray()) Collect(item, $"{at}/{index++}", owner);
        }
        if (element.ValueKind != JsonValueKind.Object) return;
        owner = owner.Of(element, at);
        if (owner.path == at) named.TryAdd(owner.place.AbsoluteUri, (element, at, owner));
        if (Identifier(element) is { } id) named.TryAdd(id.TrimEnd('#') is { Length: > 0 } name ? name : id, (element, at, owner));
        foreach (var keyword in new[] { "$anchor", "$dynamicAnchor" })
            if (element.TryGetProperty(keyword, out var anchor) && anchor.ValueKind == JsonValueKind.String)
            {
                var name = "#" + anchor.GetString();
                if (!named.TryAdd(name, (element, at, owner))) shared.Add(name);
                named.TryAdd(owner.place.AbsoluteUri + name, (element, at, owner));
            }
        if (element.TryGetProperty("$recursiveAnchor", out var recursive) && recursive.ValueKind == JsonValueKind.True) recursiveAnchors++;
        if (element.TryGetProperty(SomeProperty.Keyword, out _))
            throw new GrammarException($"At {at}: '{SomeProperty.Keyword}' is not supported as a name.");
        foreach (var member in element.EnumerateObject())
            if (member.Name is not ("enum" or "const")) Collect(member.Value, $"{at}/{SchemaPart.Escaped(member.Name)}", owner);
    }
}
