// Arrays whose items all differ. Where the schema lists the values of items, of each there is at most one; otherwise the items so far are
// remembered, and none is written again. Knows no other condition.
using System.Text.Json;

namespace Majlis.Inference.Grammars.Json.Schemas.Arrays;

/// <param name="json">Makes the expressions.</param>
/// <param name="listed">The values that an item may have.</param>
/// <param name="valueOf">The expression of values for which all given subschemas hold, in a form.</param>
sealed class DistinctItems(JsonTexts json, ListedValues listed, Func<IEnumerable<SchemaPart>, JsonForm, Node> valueOf)
{
    const int MostValues = 64;

    readonly NodeTable table = json.Table;

    /// <summary>What stands between the brackets.</summary>
    /// <exception cref="GrammarException">Too many values are listed, or items cannot be compared.</exception>
    public Node Compile(ArrayShape shape)
    {
        if (Enumerable.Range(0, shape.First + 1).Any(index => index != shape.Most && listed.Of(shape.At(index)) is null))
            return Remembered(shape);
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
        foreach (var value in listed.Of(shape.At(index))!)
        {
            var known = values.FindIndex(other => JsonElement.DeepEquals(value, other));
            if (known < 0) values.Add(value);
            if (values.Count > MostValues) throw part.Wrong("uniqueItems", $"up to {MostValues} values that must differ are supported.");
            yield return json.Literal(known < 0 ? value : values[known]);
        }
    }

    Node Remembered(ArrayShape shape)
    {
        var part = shape.Distinct!;
        if (json.As(JsonForm.Compared) is not { } compared) throw part.Unsupported("uniqueItems");
        var form = json.Form == JsonForm.Free ? JsonForm.Compared : shape.Most is null ? json.Form : json.Form.Within();
        try
        {
            var items = Enumerable.Range(0, shape.First + 1).Where(index => index != shape.Most)
                .Select(index => new[] { (valueOf(shape.At(index), form), table.Empty) }).ToList();
            var place = $"{part.Path}/uniqueItems";
            var some = table.Distinct(new(place, items, json.Comma, Math.Max(1, shape.Least), shape.Most, isJson: true));
            return shape.Least == 0 ? table.Optional(some) : some;
        }
        catch (OpenValueException)
        {
            throw part.Wrong("uniqueItems", "items can be compared only where an object with further properties is in nothing whose "
                + "length is bounded, and has no bounds itself: say additionalProperties: false.");
        }
    }

    Node AtMostOne(Node text, List<Node> texts)
    {
        var other = table.Alternation(texts.Where(one => one != text));
        var before = table.Repeat(table.Sequence(other, json.Comma), 0, null);
        return table.Alternation(json.List(other, 0, null), table.Sequence(before, text, json.More(other, 0, null)));
    }
}
