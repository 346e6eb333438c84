// Iterating and measuring Python values, and Python's slices.
namespace Majlis.Text.Jinja;

static class Sequences
{
    public static bool IsIterable(object? value) => value is string or Markup or List<object?> or PyTuple or PyDict or PyRange or PyView
        or PyGenerator or Undefined or LoopState;

    public static IEnumerable<object?> Iterate(object? value, string? refusal = null) => value switch
    {
        string s => PythonText.Characters(s),
        Markup markup => PythonText.Characters(markup.Text),
        List<object?> list => list,
        PyTuple tuple => tuple.Items,
        PyDict dict => dict.Items.Select(item => item.Key),
        PyRange range => Enumerable.Range(0, range.Length).Select(i => range[i]),
        PyView view => view.Items,
        PyGenerator generator => generator.Rest(),
        Undefined => [],
        _ => throw JinjaException.Type(refusal ?? $"'{PythonType.Name(value)}' object is not iterable"),
    };

    /// <summary>len(value), or null if the value has no length.</summary>
    public static int? LengthOrNull(object? value) => value switch
    {
        string s => PythonText.Length(s),
        Markup markup => PythonText.Length(markup.Text),
        List<object?> list => list.Count,
        PyTuple tuple => tuple.Items.Length,
        PyDict dict => dict.Count,
        PyRange range => range.Length,
        PyView view => view.Dict.Count,
        LoopState loop => loop.Length,
        Undefined => 0,
        _ => null,
    };

    public static int Length(object? value) =>
        LengthOrNull(value) ?? throw JinjaException.Type($"object of type '{PythonType.Name(value)}' has no len()");

    /// <summary>The items of a value that has an index; null for any other value.</summary>
    public static IReadOnlyList<object?>? Indexed(object? value) => value switch
    {
        List<object?> list => list,
        PyTuple tuple => tuple.Items,
        PyRange range => [.. Iterate(range)],
        string s when !PythonText.HasPairs(s) => new CharacterList(s),
        string or Markup => [.. Iterate(value)],
        _ => null,
    };

    public static object? Slice(object? value, object? start, object? stop, object? step)
    {
        if (value is Undefined undefined) throw undefined.Error();
        var items = Indexed(value) ?? throw (value is PyDict ? JinjaException.Type("unhashable type: 'slice'")
            : JinjaException.Type($"'{PythonType.Name(value)}' object is not subscriptable"));
        var stride = step is null ? 1 : SliceIndex(step);
        if (stride == 0) throw JinjaException.Value("slice step cannot be zero");
        var (low, high) = stride > 0 ? (0, items.Count) : (-1, items.Count - 1);
        var from = start is null ? (stride > 0 ? low : high) : Bound(SliceIndex(start), items.Count, low, high);
        var to = stop is null ? (stride > 0 ? high : low) : Bound(SliceIndex(stop), items.Count, low, high);
        if (value is PyRange range) return range.Between(from, to, stride);
        var picked = new List<object?>();
        for (long i = from; stride > 0 ? i < to : i > to; i += stride) picked.Add(items[(int)i]);
        return value switch
        {
            string => string.Concat(picked),
            Markup => new Markup(string.Concat(picked)),
            PyTuple => new PyTuple([.. picked]),
            _ => picked,
        };
    }

    static int SliceIndex(object? value) => PythonNumber.IsInteger(value) ? PythonNumber.Index(value)
        : value is Undefined undefined ? throw undefined.Error()
        : throw JinjaException.Type("slice indices must be integers or None or have an __index__ method");

    static int Bound(int index, int count, int low, int high) => Math.Clamp(index < 0 ? Math.Max(index + count, -1) : index, low, high);

    // A string as a list of single chars, which does not create the characters one by one.
    sealed class CharacterList(string text) : IReadOnlyList<object?>
    {
        public int Count => text.Length;

        public object? this[int index] => text[index].ToString();

        public IEnumerator<object?> GetEnumerator() => PythonText.Characters(text).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
