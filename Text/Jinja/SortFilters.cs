// Filters that order, group or compare: sort, dictsort, unique, groupby, min, max.
namespace Majlis.Text.Jinja;

static class SortFilters
{
    public static Function[] All { get; } =
    [
        new("sort", ["value", "reverse", "case_sensitive", "attribute"], 1, (context, a) =>
            Sorting.Sort(context, ListFilters.Listed(context, a[0]), SortKey(Function.Or(a[3], null), Function.Flag(a[2])),
                Function.Flag(a[1]))),
        new("dictsort", ["value", "case_sensitive", "by", "reverse"], 1, (context, a) => DictSort(context, a)),
        new("unique", ["value", "case_sensitive", "attribute"], 1, (context, a) =>
            new PyGenerator(Unique(context, a[0], Key(Function.Or(a[2], null), Function.Flag(a[1]))))),
        new("groupby", ["value", "attribute", "default", "case_sensitive"], 2, (context, a) => GroupBy(context, a)),
        new("min", ["value", "case_sensitive", "attribute"], 1, (context, a) =>
            Best(context, a, static (item, best) => PythonCompare.Ordered(item, best, "<"))),
        new("max", ["value", "case_sensitive", "attribute"], 1, (context, a) =>
            Best(context, a, static (item, best) => PythonCompare.Ordered(item, best, ">"))),
    ];

    static Func<object?, object?> Key(object? attribute, bool caseSensitive, object? fallback = null)
    {
        var read = AttributePath.Reader(attribute, fallback);
        return caseSensitive ? read : item => Sorting.IgnoreCase(read(item));
    }

    // Several attributes, separated by commas, are compared one after another.
    static Func<object?, object?> SortKey(object? attribute, bool caseSensitive)
    {
        object?[] parts = attribute is string or Markup ? [.. attribute.ToString()!.Split(',')] : [attribute];
        var keys = parts.Select(part => Key(part, caseSensitive)).ToArray();
        return item => new PyTuple([.. keys.Select(key => key(item))]);
    }

    static List<object?> DictSort(RenderContext context, object?[] a)
    {
        var place = Function.Or(a[2], "key") switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw new JinjaException("FilterArgumentError", "You can only sort by either \"key\" or \"value\""),
        };
        if (a[0] is not PyDict dict) throw a[0] is Undefined undefined ? undefined.Error() : Undefined.Member(a[0], "items").Error();
        var sensitive = Function.Flag(a[1]);
        return Sorting.Sort(context, [.. new PyView("dict_items", dict).Items], pair =>
        {
            var key = ((PyTuple)pair!).Items[place];
            return sensitive ? key : Sorting.IgnoreCase(key);
        }, Function.Flag(a[3]));
    }

    static IEnumerable<object?> Unique(RenderContext context, object? value, Func<object?, object?> key)
    {
        var seen = new PyDict();
        foreach (var item in Sequences.Iterate(value))
        {
            context.Spend(1);
            var identity = key(item);
            if (seen.Has(identity)) continue;
            seen[identity] = null;
            yield return item;
        }
    }

    static List<object?> GroupBy(RenderContext context, object?[] a)
    {
        var (fallback, sensitive) = (Function.Or(a[2], null), Function.Flag(a[3]));
        var key = Key(a[1], sensitive, fallback);
        var shown = AttributePath.Reader(a[1], fallback);
        var groups = new List<object?>();
        List<object?>? current = null;
        foreach (var item in Sorting.Sort(context, ListFilters.Listed(context, a[0]), key, reverse: false))
        {
            if (current is null || !PythonCompare.AreEqual(key(current[0]), key(item)))
                groups.Add(new PyTuple([shown(item), current = []], ["grouper", "list"]));
            current.Add(item);
        }
        return groups;
    }

    static object? Best(RenderContext context, object?[] a, Func<object?, object?, bool> better)
    {
        var key = Key(Function.Or(a[2], null), Function.Flag(a[1]));
        object? best = new Undefined("No aggregated item, sequence was empty.");
        object? bestKey = null;
        var first = true;
        foreach (var item in Sequences.Iterate(a[0]))
        {
            context.Spend(1);
            var itemKey = key(item);
            if (first || better(itemKey, bestKey)) (best, bestKey) = (item, itemKey);
            first = false;
        }
        return best;
    }
}
