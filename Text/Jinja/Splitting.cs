// str.split, rsplit, splitlines, partition and rpartition.
namespace Majlis.Text.Jinja;

static class Splitting
{
    public static List<object?> Split(RenderContext context, string text, object? separator, int most)
    {
        var parts = separator is null ? AtSpace(text, most) : At(text, Checked(separator), most);
        context.Spend(parts.Count);
        return parts;
    }

    public static List<object?> SplitEnd(RenderContext context, string text, object? separator, int most)
    {
        var parts = separator is null ? AtSpaceFromEnd(text, most) : AtFromEnd(text, Checked(separator), most);
        context.Spend(parts.Count);
        return parts;
    }

    static string Checked(object separator) =>
        StringMethods.Text(separator) is { Length: > 0 } text ? text : throw JinjaException.Value("empty separator");

    static List<object?> At(string text, string separator, int most)
    {
        var parts = new List<object?>();
        var from = 0;
        for (var at = text.IndexOf(separator, StringComparison.Ordinal); at >= 0
            && most != 0; at = text.IndexOf(separator, from, StringComparison.Ordinal), most--)
        {
            parts.Add(text[from..at]);
            from = at + separator.Length;
        }
        parts.Add(text[from..]);
        return parts;
    }

    static List<object?> AtFromEnd(string text, string separator, int most)
    {
        var parts = new List<object?>();
        var rest = text;
        for (var at = rest.LastIndexOf(separator, StringComparison.Ordinal); at >= 0
            && most != 0; at = rest.LastIndexOf(separator, StringComparison.Ordinal), most--)
        {
            parts.Add(rest[(at + separator.Length)..]);
            rest = rest[..at];
        }
        parts.Add(rest);
        parts.Reverse();
        return parts;
    }

    static List<object?> AtSpace(string text, int most)
    {
        var parts = new List<object?>();
        var at = 0;
        while (true)
        {
            while (at < text.Length && PythonText.IsSpace(text[at])) at++;
            if (at == text.Length) return parts;
            if (most-- == 0)
            {
                parts.Add(text[at..]);
                return parts;
            }
            var start = at;
            while (at < text.Length && !PythonText.IsSpace(text[at])) at++;
            parts.Add(text[start..at]);
        }
    }

    static List<object?> AtSpaceFromEnd(string text, int most)
    {
        var parts = new List<object?>();
        var end = text.Length;
        while (true)
        {
            while (end > 0 && PythonText.IsSpace(text[end - 1])) end--;
            if (end == 0) break;
            var start = most-- == 0 ? 0 : end;
            while (start > 0 && !PythonText.IsSpace(text[start - 1])) start--;
            parts.Add(text[start..end]);
            end = start;
        }
        parts.Reverse();
        return parts;
    }

    public static List<object?> Lines(RenderContext context, string text, bool keepEnds)
    {
        var lines = new List<object?>();
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && !IsLineEnd(text[end])) end++;
            var next = Math.Min(text.Length, end + (end + 1 < text.Length && text[end] == '\r' && text[end + 1] == '\n' ? 2 : 1));
            lines.Add(text[at..(keepEnds ? next : end)]);
            at = next;
        }
        context.Spend(lines.Count);
        return lines;
    }

    static bool IsLineEnd(char c) => c is '\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029';

    public static PyTuple Partition(string text, string separator, bool last)
    {
        if (separator.Length == 0) throw JinjaException.Value("empty separator");
        var at = last ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0) return last ? new PyTuple(["", "", text]) : new PyTuple([text, "", ""]);
        return new PyTuple([text[..at], separator, text[(at + separator.Length)..]]);
    }
}
