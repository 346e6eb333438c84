// Arrays: the first items each with a schema of its own, then items of one schema, in a number between bounds; items that are counted or
// must differ have files of their own. Knows no other type.
namespace Majlis.Inference.Grammars.Json.Schemas.Arrays;

/// <param name="json">Makes the expressions.</param>
/// <param name="listed">For items that must differ.</param>
/// <param name="valueOf">The expression of values for which all given subschemas hold, in a form.</param>
sealed class ArrayRules(JsonTexts json, ListedValues listed, Func<IEnumerable<SchemaPart>, JsonForm, Node> valueOf)
{
    public static string[] Keywords { get; } =
        ["items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains"];

    readonly NodeTable table = json.Table;
    readonly ContainedItems contained = new(json, parts => valueOf(parts, json.Form.Within()));
    readonly DistinctItems distinct = new(json, listed, valueOf);

    public Node Compile(Conjunction all)
    {
        if (json.Form != JsonForm.Within && all.Parts.All(part => Keywords.All(keyword => part[keyword] is null))) return json.AnyArray;
        var shape = new ArrayShape(all);
        var form = shape.Most is null ? json.Form : json.Form.Within();
        if (shape.Most < shape.Least) return table.Nothing;
        if (shape.Contained.Count > 0 && shape.Distinct is { } part) throw part.Unsupported("uniqueItems");
        return json.Brackets(shape.Contained.Count > 0 ? contained.Compile(shape)
            : shape.Distinct is null ? Items(json, shape, index => valueOf(shape.At(index), form))
            : distinct.Compile(shape));
    }

    /// <summary>What stands between the brackets.</summary>
    /// <param name="itemAt">The item at an index; from <see cref="ArrayShape.First"/> on all are the same.</param>
    public static Node Items(JsonTexts json, ArrayShape shape, Func<int, Node> itemAt)
    {
        var (table, least, most) = (json.Table, shape.Least, shape.Most);
        var rest = Rest(shape.First);
        for (var i = shape.First - 1; i >= 0; i--)
        {
            var more = table.Sequence(i > 0 ? json.Comma : table.Empty, itemAt(i), rest);
            rest = i >= least ? table.Optional(more) : more;
        }
        return rest;

        Node Rest(int written)
        {
            if (most == written) return table.Empty;
            var (fewest, greatest) = (Math.Max(0, least - written), most - written);
            return written == 0 ? json.List(itemAt(written), fewest, greatest) : json.More(itemAt(written), fewest, greatest);
        }
    }
}
