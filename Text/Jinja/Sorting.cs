// A stable sort by Python's order: a merge sort, so an inconsistent order (NaN) does no harm.
namespace Majlis.Text.Jinja;

static class Sorting
{
    /// <summary>The items ordered by their keys; equal ones keep their order, also in reverse.</summary>
    public static List<object?> Sort(RenderContext context, IReadOnlyList<object?> items, Func<object?, object?> key, bool reverse)
    {
        var keyed = items.Select(item => (Key: key(item), Item: item)).ToArray();
        var buffer = new (object? Key, object? Item)[keyed.Length];
        for (var width = 1; width < keyed.Length; width *= 2)
        {
            for (var start = 0; start < keyed.Length; start += 2 * width)
                Merge(context, keyed, buffer, start, Math.Min(start + width, keyed.Length), Math.Min(start + 2 * width, keyed.Length),
                    reverse);
            (keyed, buffer) = (buffer, keyed);
        }
        return [.. keyed.Select(pair => pair.Item)];
    }

    static void Merge(
        RenderContext context, (object? Key, object? Item)[] from, (object? Key, object? Item)[] to,
        int start, int middle, int end, bool reverse)
    {
        var (left, right) = (start, middle);
        for (var at = start; at < end; at++)
        {
            context.Spend(1);
            var takeRight = left == middle || (right < end
                && (reverse ? PythonCompare.Ordered(from[left].Key, from[right].Key, "<")
                    : PythonCompare.Ordered(from[right].Key, from[left].Key, "<")));
            to[at] = takeRight ? from[right++] : from[left++];
        }
    }

    /// <summary>Text in lower case, any other value unchanged: the key of case-insensitive sorts.</summary>
    public static object? IgnoreCase(object? value) => value is string or Markup ? PythonCase.Lower(value.ToString()!) : value;
}
