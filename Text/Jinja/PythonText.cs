// Python strings on .NET's: lengths and positions in code points, Python's definitions of white space and of case,
// and how str() and repr() print values.
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Majlis.Text.Jinja;

static class PythonText
{
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    public static bool IsAllSpace(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!IsSpace(c)) return false;
        return text.Length > 0;
    }

    public static string StripStart(string text, string? characters = null)
    {
        var start = 0;
        while (start < text.Length && Strips(text, start, characters) is var size and > 0) start += size;
        return text[start..];
    }

    public static string StripEnd(string text, string? characters = null)
    {
        var end = text.Length;
        while (end > 0)
        {
            var last = end > 1 && char.IsSurrogatePair(text[end - 2], text[end - 1]) ? end - 2 : end - 1;
            if (Strips(text, last, characters) == 0) break;
            end = last;
        }
        return text[..end];
    }

    public static string Strip(string text, string? characters = null) => StripEnd(StripStart(text, characters), characters);

    // The size of the code point at this position if it is stripped, else 0.
    static int Strips(string text, int at, string? characters)
    {
        var size = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
        return (characters is null ? IsSpace(text[at]) : characters.AsSpan().IndexOf(text.AsSpan(at, size)) >= 0) ? size : 0;
    }

    /// <summary>Length in code points.</summary>
    public static int Length(string text)
    {
        var length = text.Length;
        for (var i = 0; i + 1 < text.Length; i++)
            if (char.IsSurrogatePair(text[i], text[i + 1])) { length--; i++; }
        return length;
    }

    public static bool HasPairs(string text) => Length(text) != text.Length;

    /// <summary>The code points, each as a separate string.</summary>
    public static IEnumerable<string> Characters(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) yield return text.Substring(i++, 2);
            else yield return text[i].ToString();
        }
    }

    /// <summary>str(value)</summary>
    public static string Print(object? value) => value switch
    {
        string s => s,
        Markup markup => markup.Text,
        Undefined => "",
        _ => Repr(value),
    };

    public static string Repr(object? value)
    {
        var result = new StringBuilder();
        Repr(value, result);
        return result.ToString();
    }

    static void Repr(object? value, StringBuilder result)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value)
        {
            case null: result.Append("None"); break;
            case bool b: result.Append(b ? "True" : "False"); break;
            case long or BigInteger: result.Append(CultureInfo.InvariantCulture, $"{value}"); break;
            case double d: result.Append(PythonNumber.Format(d)); break;
            case string s: Quote(s, result); break;
            case Markup markup: Quote(markup.Text, result.Append("Markup(")); result.Append(')'); break;
            case List<object?> list: Sequence('[', list, ']', result); break;
            case PyTuple tuple: Sequence('(', tuple.Items, tuple.Items.Length == 1 ? ",)" : ")", result); break;
            case PyDict dict: Dict(dict, result); break;
            case Namespace space: result.Append("<Namespace "); Dict(space.Values, result); result.Append('>'); break;
            case PyView view: result.Append(view.Kind).Append('('); Sequence('[', [.. view.Items], "])", result); break;
            case PyRange range: result.Append(Range(range)); break;
            case Undefined: result.Append("Undefined"); break;
            case TemplateReference: result.Append("<TemplateReference None>"); break;
            case MacroValue macro: result.Append(CultureInfo.InvariantCulture, $"<Macro {Repr(macro.Name)}>"); break;
            case Function function: result.Append(CultureInfo.InvariantCulture, $"<function {function.Name}>"); break;
            default: result.Append(CultureInfo.InvariantCulture, $"<{PythonType.Name(value)} object>"); break;
        }
    }

    static string Range(PyRange range) => range.Step == 1
        ? string.Create(CultureInfo.InvariantCulture, $"range({range.Start}, {range.Stop})")
        : string.Create(CultureInfo.InvariantCulture, $"range({range.Start}, {range.Stop}, {range.Step})");

    static void Sequence(char open, IReadOnlyList<object?> items, char close, StringBuilder result) =>
        Sequence(open, items, close.ToString(), result);

    static void Sequence(char open, IReadOnlyList<object?> items, string close, StringBuilder result)
    {
        result.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) result.Append(", ");
            Repr(items[i], result);
        }
        result.Append(close);
    }

    static void Dict(PyDict dict, StringBuilder result)
    {
        var first = true;
        result.Append('{');
        foreach (var (key, value) in dict.Items)
        {
            if (!first) result.Append(", ");
            first = false;
            Repr(key, result);
            result.Append(": ");
            Repr(value, result);
        }
        result.Append('}');
    }

    // Single quotes, unless the text contains some and no double ones; unprintable characters are escaped.
    static void Quote(string text, StringBuilder result)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        result.Append(quote);
        foreach (var character in Characters(text))
        {
            var c = character[0];
            if (c == quote || c == '\\') result.Append('\\').Append(c);
            else if (c is '\n' or '\r' or '\t') result.Append('\\').Append(c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
            else if (IsPrintable(character)) result.Append(character);
            else Escape(character, result);
        }
        result.Append(quote);
    }

    static void Escape(string character, StringBuilder result)
    {
        var code = character.Length == 2 ? char.ConvertToUtf32(character, 0) : character[0];
        var (letter, digits) = code < 0x100 ? ('x', 2) : code < 0x10000 ? ('u', 4) : ('U', 8);
        result.Append('\\').Append(letter).Append(code.ToString("x" + digits, CultureInfo.InvariantCulture));
    }

    static bool IsPrintable(string character) => character[0] == ForgeryMark.Character || character[0] == ' '
        || CharUnicodeInfo.GetUnicodeCategory(character, 0) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
