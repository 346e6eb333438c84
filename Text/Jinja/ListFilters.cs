// Filters on whole sequences: length, first and last item, batches, slices and sums.
using System.Text;

namespace Majlis.Text.Jinja;

static class ListFilters
{
    public static Function[] All { get; } =
    [
        new("default", ["value", "default_value", "boolean"], 1, (_, a) =>
            a[0] is Undefined || (Function.Flag(a[2]) && !PythonCompare.Truth(a[0])) ? Function.Or(a[1], "") : a[0]),
        new("length", ["obj"], 1, (_, a) => (long)Sequences.Length(a[0])),
        new("list", ["value"], 1, (context, a) => Listed(context, a[0])),
        new("items", ["value"], 1, (_, a) => new PyGenerator(Items(a[0]))),
        new("first", ["seq"], 1, (_, a) => First(a[0])),
        new("last", ["seq"], 1, (context, a) => Last(context, a[0])),
        new("join", ["value", "d", "attribute"], 1, (context, a) =>
            Join(context, a[0], PythonText.Print(Function.Or(a[1], "")), Function.Or(a[2], null))),
        new("reverse", ["value"], 1, (context, a) => Reverse(context, a[0])),
        new("sum", ["iterable", "attribute", "start"], 1, (context, a) =>
            Sequences.Iterate(a[0]).Select(AttributePath.Reader(Function.Or(a[1], null)))
            .Aggregate(Function.Or(a[2], 0L), (sum, item) => Operators.Apply(context, "+", sum, item))),
        new("batch", ["value", "linecount", "fill_with"], 2, (context, a) =>
            new PyGenerator(Batch(context, a[0], PythonNumber.Index(a[1]), Function.Or(a[2], null)))),
        new("slice", ["value", "slices", "fill_with"], 2, (context, a) =>
            new PyGenerator(Slice(context, a[0], PythonNumber.Index(a[1]), Function.Or(a[2], null)))),
        new("attr", ["obj", "name"], 2, (_, a) => a[0] is Undefined undefined ? throw undefined.Error()
            : Access.Own(a[0], StringMethods.Text(a[1])) ?? Undefined.Member(a[0], StringMethods.Text(a[1]))),
    ];

    public static List<object?> Listed(RenderContext context, object? value)
    {
        var list = new List<object?>();
        foreach (var item in Sequences.Iterate(value))
        {
            context.Spend(1);
            list.Add(item);
        }
        return list;
    }

    static IEnumerable<object?> Items(object? value) => value switch
    {
        Undefined => [],
        PyDict dict => new PyView("dict_items", dict).Items,
        _ => Throwing(JinjaException.Type("Can only get item pairs from a mapping.")),
    };

    // The error comes when the first item is asked for, as with a Python generator.
    static IEnumerable<object?> Throwing(JinjaException error)
    {
        if (error is not null) throw error;
        yield break;
    }

    static object? First(object? value)
    {
        foreach (var item in Sequences.Iterate(value)) return item;
        return new Undefined("No first item, sequence was empty.");
    }

    static object? Last(RenderContext context, object? value)
    {
        if (value is PyGenerator) throw JinjaException.Type($"'{PythonType.Name(value)}' object is not reversible");
        return Listed(context, value).LastOrDefault(new Undefined("No last item, sequence was empty."));
    }

    static string Join(RenderContext context, object? value, string separator, object? attribute)
    {
        var result = new StringBuilder();
        var first = true;
        foreach (var item in Sequences.Iterate(value).Select(AttributePath.Reader(attribute)))
        {
            if (!first) context.Write(result, separator);
            first = false;
            context.Write(result, PythonText.Print(item));
            context.Spend(1);
        }
        return result.ToString();
    }

    static object? Reverse(RenderContext context, object? value)
    {
        if (value is string or Markup) return Sequences.Slice(value, null, null, -1L);
        var items = Listed(context, value);
        items.Reverse();
        return value is PyGenerator ? items : new PyGenerator(items, "list_reverseiterator");
    }

    static IEnumerable<object?> Batch(RenderContext context, object? value, int size, object? fill)
    {
        var batch = new List<object?>();
        foreach (var item in Sequences.Iterate(value))
        {
            if (batch.Count == size)
            {
                yield return batch;
                batch = [];
            }
            context.Spend(1);
            batch.Add(item);
        }
        if (batch.Count == 0) yield break;
        if (fill is not null && batch.Count < size)
        {
            context.Spend(size - batch.Count);
            batch.AddRange(Enumerable.Repeat(fill, size - batch.Count));
        }
        yield return batch;
    }

    static IEnumerable<object?> Slice(RenderContext context, object? value, int slices, object? fill)
    {
        var items = Listed(context, value);
        if (slices == 0) throw new JinjaException("ZeroDivisionError", "integer division or modulo by zero");
        var start = 0;
        for (var i = 0; i < slices; i++)
        {
            context.Spend(8);
            var count = items.Count / slices + (i < items.Count % slices ? 1 : 0);
            var slice = items.GetRange(start, count);
            if (fill is not null && i >= items.Count % slices) slice.Add(fill);
            start += count;
            yield return slice;
        }
    }
}
