// Arrays whose items all differ, where the schema lists the values of items: of each value at most one. Between values that nothing lists
// no grammar can tell. Knows no other condition.
using System.Text.Json;

namespace Majlis.Inference.Grammars.Json.Schemas.Arrays;

/// <param name="json">Makes the expressions.</param>
/// <param name="listed">The values that an item may have.</param>
sealed class DistinctItems(JsonTexts json, ListedValues listed)
{
    const int MostValues = 64;

    readonly NodeTable table = json.Table;

    /// <summary>What stands between the brackets.</summary>
    /// <exception cref="GrammarException">The values of an item are not listed, or there are too many.</exception>
    public Node Compile(ArrayShape shape)
    {
        var values = new List<JsonElement>();
        var items = Enumerable.Range(0, shape.First + 1).Select(index => table.Alternation(At(shape, index, values).ToList())).ToArray();
        // Such a search would try all orders in vain.
        if (values.Count < shape.Least) return table.Nothing;
        var texts = values.ConvertAll(json.Literal);
        return table.Both([ArrayRules.Items(json, shape, index => items[index]), .. texts.Select(text => AtMostOne(text, texts))]);
    }

    /// <summary>The items that may stand at an index. Equal values have one text, as the first of them.</summary>
    IEnumerable<Node> At(ArrayShape shape, int index, List<JsonElement> values)
    {
        if (index == shape.Most) yield break;
        var part = shape.Distinct!;
        foreach (var value in listed.Of(shape.At(index)) ?? throw part.Wrong("uniqueItems",
            "items can be held to differ only where an enum, const, boolean or null lists their values."))
        {
            var known = values.FindIndex(other => JsonElement.DeepEquals(value, other));
            if (known < 0) values.Add(value);
            if (values.Count > MostValues) throw part.Wrong("uniqueItems", $"up to {MostValues} values that must differ are supported.");
            yield return json.Literal(known < 0 ? value : values[known]);
        }
    }

    Node AtMostOne(Node text, List<Node> texts)
    {
        var other = table.Alternation(texts.Where(one => one != text));
        var before = table.Repeat(table.Sequence(other, json.Comma), 0, null);
        return table.Alternation(json.List(other, 0, null), table.Sequence(before, text, json.More(other, 0, null)));
    }
}
