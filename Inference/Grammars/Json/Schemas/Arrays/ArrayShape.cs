// What subschemas that hold together say of an array: the subschemas of each item, how many items there are, which are counted, and whether
// all differ. Knows no bytes.
using System.Text.Json;

namespace Majlis.Inference.Grammars.Json.Schemas.Arrays;

sealed class ArrayShape
{
    readonly List<ItemList> lists;

    public ArrayShape(Conjunction all)
    {
        (Least, Most) = (all.Least("minItems"), all.Most("maxItems"));
        lists = [.. all.Parts.Select(part => new ItemList(part))];
        First = Math.Min(lists.Select(list => list.First.Count).DefaultIfEmpty(0).Max(), Most ?? int.MaxValue);
        Contained = [.. all.All("contains").Select(one => CountedItem.Of(one.Part, one.Value)).OfType<CountedItem>()];
        Distinct = Most is 0 or 1 ? null
            : all.All("uniqueItems").Where(one => one.Value.ValueKind == JsonValueKind.True).Select(one => one.Part).FirstOrDefault();
    }

    public int Least { get; }

    /// <summary>Null is without a bound.</summary>
    public int? Most { get; }

    /// <summary>So many leading items may have subschemas of their own; all later ones have the same.</summary>
    public int First { get; }

    public IReadOnlyList<CountedItem> Contained { get; }

    /// <summary>What wants all items to differ; null where nothing does, or nothing has to be done for it.</summary>
    public SchemaPart? Distinct { get; }

    public IEnumerable<SchemaPart> At(int index) => lists.Select(list => list.At(index)).OfType<SchemaPart>();

    /// <summary>What one subschema says of each item. Before 2020 an array of items was what prefixItems is.</summary>
    sealed class ItemList
    {
        readonly SchemaPart? rest;

        public ItemList(SchemaPart part)
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
