// Finds a text in another, in code points, within Python's optional start and end.
namespace Majlis.Text.Jinja;

static class Finding
{
    /// <summary>text[start:end], with start and end from a[1] and a[2] if they are given.</summary>
    public static string Within(string text, object?[] a)
    {
        var (start, end) = (Function.Or(a[1], null), Function.Or(a[2], null));
        return start is null && end is null ? text : (string)Sequences.Slice(text, start, end, null)!;
    }

    public static object Find(string text, string part, object?[] a, bool last)
    {
        var within = Within(text, a);
        var at = last ? (part.Length == 0 ? within.Length : within.LastIndexOf(part, StringComparison.Ordinal))
            : within.IndexOf(part, StringComparison.Ordinal);
        if (at < 0) return -1L;
        var start = Function.Or(a[1], null) is { } given ? PythonNumber.Index(given) : 0;
        if (start < 0) start = Math.Max(0, start + PythonText.Length(text));
        return (long)start + PythonText.Length(within[..at]);
    }

    public static object Index(string text, string part, object?[] a, bool last) =>
        Find(text, part, a, last) is var at && at is -1L ? throw JinjaException.Value("substring not found") : at;

    public static object Count(string text, string part, object?[] a)
    {
        var within = Within(text, a);
        if (part.Length == 0) return PythonText.Length(within) + 1L;
        var count = 0L;
        for (var at = within.IndexOf(part, StringComparison.Ordinal); at >= 0; at = within.IndexOf(part, at + part.Length,
            StringComparison.Ordinal)) count++;
        return count;
    }
}
