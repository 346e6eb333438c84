// str.replace, with its count and its rule for an empty pattern.
using System.Text;

namespace Majlis.Text.Jinja;

static class Replacing
{
    /// <summary>Replaces the first <paramref name="count"/> occurrences; all of them if it is negative.</summary>
    public static string Replace(RenderContext context, string text, string old, string with, int count)
    {
        if (count == 0) return text;
        if (old.Length == 0) return Between(context, text, with, count < 0 ? int.MaxValue : count);
        context.SpendText(text.Length);
        var result = new StringBuilder();
        var from = 0;
        for (var at = text.IndexOf(old, StringComparison.Ordinal); at >= 0
            && count != 0; at = text.IndexOf(old, from, StringComparison.Ordinal), count--)
        {
            context.SpendText(with.Length, result.Length);
            result.Append(text, from, at - from).Append(with);
            from = at + old.Length;
        }
        return result.Append(text, from, text.Length - from).ToString();
    }

    static string Between(RenderContext context, string text, string with, int count)
    {
        context.SpendText((text.Length + 1L) * (with.Length + 1L));
        var result = new StringBuilder();
        var done = 0;
        foreach (var character in PythonText.Characters(text))
        {
            if (done++ < count) result.Append(with);
            result.Append(character);
        }
        if (done < count) result.Append(with);
        return result.ToString();
    }
}
