// Says unevaluatedProperties and unevaluatedItems with keywords that look at their own subschema only: whatever the others evaluate is
// listed. Where that depends on the value, there is one such list for each way in which a keyword beside them may hold. Knows no bytes.
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Inference.Grammars.Json.Schemas;

static class Unevaluated
{
    const int MostOptions = 6;
    const int MostBranches = 30;

    static readonly string[] keywords = ["unevaluatedProperties", "unevaluatedItems"];
    static readonly string[] conditional = ["anyOf", "oneOf", "if", "dependentSchemas"];

    /// <summary>
    /// The part without the keywords and the schemas that say the same, all of which must hold; null where it has none. Up to draft 7
    /// they have no meaning.
    /// </summary>
    /// <exception cref="GrammarException">What is evaluated depends on the value in several places, or deeper in the schema.</exception>
    public static IReadOnlyList<SchemaPart>? Rewrite(SchemaPart part)
    {
        if (part.Resource.IsOld || keywords.All(keyword => part[keyword] is null)) return null;
        var without = part.Without(keywords);
        return [without, .. keywords.Where(keyword => part[keyword] is { ValueKind: not JsonValueKind.True })
            .Select(keyword => SchemaRewriter.Made(part, keyword, Said(without, keyword, part.Child(part[keyword]!.Value, keyword))))];
    }

    static JsonObject Said(SchemaPart part, string keyword, SchemaPart others)
    {
        var schema = others.Schema;
        if (!Depends([part], keyword, schema)) return Others([part], keyword, schema);
        // Alternatives that evaluate nothing new are left as they are.
        var deciding = conditional.Where(one => part[one] is not null
            && Depends([part.Without([.. conditional.Where(other => other != one)])], keyword, schema)).ToList();
        if (deciding is not [var only]) throw Unclear(part, keyword);
        var always = part.Without(only);
        var ways = new JsonArray();
        foreach (var (holds, evaluating) in Ways(part, only, keyword))
        {
            SchemaPart[] all = [always, .. evaluating];
            if (Depends(all, keyword, schema)) throw Unclear(part, keyword);
            ways.Add(new JsonObject { ["allOf"] = new JsonArray([.. holds, Others(all, keyword, schema)]) });
        }
        return new() { ["anyOf"] = ways };
    }

    /// <summary>Ways in which a keyword may hold: schemas that say so, and the subschemas that then evaluate.</summary>
    static IEnumerable<(JsonNode[] Holds, SchemaPart[] Evaluating)> Ways(SchemaPart part, string way, string keyword)
    {
        var value = part[way]!.Value;
        if (way == "if")
        {
            SchemaPart[] Branch(string name) => part[name] is { } branch ? [part.Child(branch, name)] : [];
            yield return ([Node(value)], [part.Child(value, "if"), .. Branch("then")]);
            yield return ([new JsonObject { ["not"] = Node(value) }], Branch("else"));
            yield break;
        }
        List<(JsonNode Holds, SchemaPart Part)> options = way == "dependentSchemas"
            ? [.. value.EnumerateObject().Select(one => (Requires(one.Name), part.Child(one.Value, way, one.Name)))]
            : [.. value.EnumerateArray().Select((one, i) => (Node(one), part.Child(one, way, $"{i}")))];
        if (options.Count > (way == "oneOf" ? MostBranches : MostOptions)) throw Unclear(part, keyword);
        // Of a oneOf one holds. Otherwise several may, and all that hold evaluate; of an anyOf it is one at least.
        IEnumerable<int> sets = way == "oneOf" ? options.Select((_, i) => 1 << i)
            : Enumerable.Range(0, 1 << options.Count).Skip(way == "anyOf" ? 1 : 0);
        foreach (var set in sets)
        {
            var held = options.Where((_, i) => (set >> i & 1) != 0).ToList();
            yield return ([.. held.Select(one => one.Holds.DeepClone())], [.. held.Select(one => one.Part)]);
        }
    }

    static JsonObject Requires(string name) => new() { ["required"] = new JsonArray(name) };

    static JsonObject Others(SchemaPart[] parts, string keyword, JsonElement schema) =>
        new Evaluated(parts, most: false).Others(keyword, schema) ?? new();

    static bool Depends(SchemaPart[] parts, string keyword, JsonElement schema) =>
        Others(parts, keyword, schema).ToJsonString() != (new Evaluated(parts, most: true).Others(keyword, schema) ?? new()).ToJsonString();

    static GrammarException Unclear(SchemaPart part, string keyword) => part.Wrong(keyword,
        $"what is evaluated must follow from the schema, or from one {string.Join(", ", conditional)} beside '{keyword}'.");

    static JsonNode Node(JsonElement element) => SchemaRewriter.Node(element);
}
