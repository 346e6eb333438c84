// Arrays: the first items each with a schema of its own, then items of one schema, in a number between bounds. Knows no other type.
using System.Text.Json;

namespace Majlis.Inference.Grammars.Json.Schemas;

/// <param name="json">Makes the expressions.</param>
/// <param name="valueOf">The expression of values for which all given subschemas hold.</param>
sealed class ArrayRules(JsonTexts json, Func<IEnumerable<SchemaPart>, Node> valueOf)
{
    public static string[] Keywords { get; } =
        ["items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains"];

    readonly NodeTable table = json.Table;

    public Node Compile(Conjunction all)
    {
        if (all.Parts.All(part => Keywords.All(keyword => part[keyword] is null))) return json.AnyArray;
        var (least, most) = (all.Least("minItems"), all.Most("maxItems"));
        Check(all, most);
        var lists = all.Parts.Select(part => new Items(part)).ToList();
        var first = Math.Min(lists.Max(list => list.First.Count), most ?? int.MaxValue);
        var rest = Rest(first);
        for (var i = first - 1; i >= 0; i--)
        {
            var more = table.Sequence(i > 0 ? json.Comma : table.Empty, At(i), rest);
            rest = i >= least ? table.Optional(more) : more;
        }
        return json.Brackets(rest);

        Node At(int index) => valueOf(lists.Select(list => list.At(index)).OfType<SchemaPart>());

        Node Rest(int written)
        {
            if (most == written) return most < least ? table.Nothing : table.Empty;
            var (fewest, greatest) = (Math.Max(0, least - written), most - written);
            return written == 0 ? json.List(At(written), fewest, greatest) : json.More(At(written), fewest, greatest);
        }
    }

    static void Check(Conjunction all, int? most)
    {
        foreach (var (part, _) in all.All("contains")) throw part.Unsupported("contains");
        foreach (var (part, value) in all.All("uniqueItems"))
            if (value.ValueKind == JsonValueKind.True && most is not (0 or 1)) throw part.Unsupported("uniqueItems");
    }

    /// <summary>What one subschema says of each item. Before 2020 an array of items was what prefixItems is.</summary>
    sealed class Items
    {
        readonly SchemaPart? rest;

        public Items(SchemaPart part)
        {
            var isList = part["items"] is { ValueKind: JsonValueKind.Array };
            var (first, others) = isList ? ("items", "additionalItems") : ("prefixItems", "items");
            First = part[first] is { } some ? [.. some.EnumerateArray().Select((one, i) => part.Child(one, first, $"{i}"))] : [];
            rest = part[others] is { } schema ? part.Child(schema, others) : null;
        }

        public IReadOnlyList<SchemaPart> First { get; }

        public SchemaPart? At(int index) => index < First.Count ? First[index] : rest;
    }
}
