// Filters that take text (or convert their value by str) and return text.
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Majlis.Text.Jinja;

static partial class TextFilters
{
    public static Function[] All { get; } =
    [
        new("upper", ["s"], 1, (_, a) => Soft(a[0], PythonCase.Upper)),
        new("lower", ["s"], 1, (_, a) => Soft(a[0], PythonCase.Lower)),
        new("capitalize", ["s"], 1, (_, a) => Soft(a[0], PythonCase.Capitalize)),
        new("title", ["s"], 1, (_, a) => Soft(a[0], Title)),
        new("trim", ["value", "chars"], 1, (_, a) =>
            Soft(a[0], s => PythonText.Strip(s, Function.Or(a[1], null) is { } c ? StringMethods.Text(c) : null))),
        new("replace", ["s", "old", "new", "count"], 3, (context, a) =>
            Replacing.Replace(context, PythonText.Print(a[0]), PythonText.Print(a[1]), PythonText.Print(a[2]),
                Function.Or(a[3], null) is { } count ? PythonNumber.Index(count) : -1)),
        new("string", ["object"], 1, (context, a) => a[0] is Markup ? a[0] : Counted(context, PythonText.Print(a[0]))),
        new("safe", ["value"], 1, (_, a) => new Markup(PythonText.Print(a[0]))),
        new("escape", ["s"], 1, (_, a) => a[0] is Markup ? a[0] : new Markup(Markup.Escape(PythonText.Print(a[0])))),
        new("forceescape", ["value"], 1, (_, a) => new Markup(Markup.Escape(PythonText.Print(a[0])))),
        new("striptags", ["value"], 1, (_, a) =>
            WebUtility.HtmlDecode(string.Join(' ', Tags().Replace(PythonText.Print(a[0]), "")
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))),
        new("center", ["value", "width"], 1, (context, a) =>
            StringMethods.Center(context, PythonText.Print(a[0]), Function.Whole(a[1], 80), " ")),
        new("indent", ["s", "width", "first", "blank"], 1, (context, a) => Indent(context, a)),
        new("truncate", ["s", "length", "killwords", "end", "leeway"], 1, (_, a) => Truncate(a)),
        new("wordcount", ["s"], 1, (_, a) => CountWords(PythonText.Print(a[0]))),
        new("wordwrap", ["s", "width", "break_long_words", "wrapstring", "break_on_hyphens"], 1, (context, a) => WordWrap.Wrap(context, a)),
        new("urlencode", ["value"], 1, (_, a) => UrlEncode(a[0])),
        new("format", (context, arguments) =>
            PercentFormat.Apply(context, PythonText.Print(arguments.Positional[0]), FormatValues(arguments))),
        new("tojson", ["x", "ensure_ascii", "indent", "separators", "sort_keys"], 1, (context, a) => ToJson(context, a)),
    ];

    [GeneratedRegex("(<!--.*?-->|<[^>]*>)", RegexOptions.Singleline)]
    private static partial Regex Tags();

    [GeneratedRegex(@"([-\s({\[<]+)")]
    private static partial Regex WordBeginnings();

    static object Soft(object? value, Func<string, string> change) =>
        value is Markup markup ? new Markup(change(markup.Text)) : change(PythonText.Print(value));

    static string Counted(RenderContext context, string text)
    {
        context.SpendText(text.Length);
        return text;
    }

    // Unlike str.title, only the first letters of words; an apostrophe begins no word.
    static string Title(string text) => string.Concat(WordBeginnings().Split(text).Where(part => part.Length > 0)
        .Select(part =>
            PythonText.Characters(part).First() is var first ? PythonCase.Upper(first) + PythonCase.Lower(part[first.Length..]) : part));

    static object Indent(RenderContext context, object?[] a)
    {
        var text = a[0] is string or Markup ? a[0]!.ToString()! : a[0] is Undefined undefined ? throw undefined.Error()
            : throw JinjaException.Type($"unsupported operand type(s) for +=: '{PythonType.Name(a[0])}' and 'str'");
        var width = Function.Or(a[1], 4L);
        if (width is not (string or Markup)) context.SpendText(PythonNumber.Index(width));
        var indention = width is string or Markup ? width.ToString()! : new string(' ', Math.Max(0, PythonNumber.Index(width)));
        var lines = Splitting.Lines(context, text + "\n", keepEnds: false);
        var result = new StringBuilder(Function.Flag(a[2]) ? indention : "");
        for (var i = 0; i < lines.Count; i++)
        {
            var line = (string)lines[i]!;
            if (i > 0) context.Write(result, "\n");
            if (i > 0 && (line.Length > 0 || Function.Flag(a[3]))) context.Write(result, indention);
            result.Append(line);
        }
        return a[0] is Markup ? new Markup(result.ToString()) : result.ToString();
    }

    static object? Truncate(object?[] a)
    {
        var end = PythonText.Print(Function.Or(a[3], "..."));
        var length = Function.Whole(a[1], 255);
        var leeway = Function.Or(a[4], null) is { } given ? PythonNumber.Index(given) : 5;
        var endLength = PythonText.Length(end);
        if (length < endLength) throw new JinjaException("AssertionError", $"expected length >= {endLength}, got {length}");
        if (leeway < 0) throw new JinjaException("AssertionError", $"expected leeway >= 0, got {leeway}");
        if (Sequences.Length(a[0]) <= (long)length + leeway) return a[0];
        var text = StringMethods.Text(a[0]);
        var cut = string.Concat(PythonText.Characters(text).Take(length - endLength));
        if (!Function.Flag(a[2]) && cut.LastIndexOf(' ') is var space and >= 0) cut = cut[..space];
        return cut + end;
    }

    static string UrlEncode(object? value)
    {
        if (value is string or Markup || !Sequences.IsIterable(value))
            return Quote(PythonText.Print(value)).Replace("%2F", "/", StringComparison.Ordinal);
        var pairs = value is PyDict dict ? dict.Items.Select(item => new PyTuple([item.Key, item.Value])) : Sequences.Iterate(value);
        return string.Join('&', pairs.Select(pair => Sequences.Iterate(pair).ToList() is { Count: 2 } two
            ? QuoteForm(PythonText.Print(two[0])) + "=" + QuoteForm(PythonText.Print(two[1]))
                : throw JinjaException.Value("urlencode takes pairs")));
    }

    static string Quote(string text) => Uri.EscapeDataString(text);

    static string QuoteForm(string text) => Quote(text).Replace("%20", "+", StringComparison.Ordinal);

    // Words as Python's regular expressions see them: marks, Arabic vowel signs among them, separate words.
    static long CountWords(string text)
    {
        var (count, inside) = (0L, false);
        foreach (var rune in text.EnumerateRunes())
        {
            var word = Rune.IsLetter(rune) || Rune.IsNumber(rune) || rune.Value == '_';
            if (word && !inside) count++;
            inside = word;
        }
        return count;
    }

    static object FormatValues(Arguments arguments)
    {
        if (arguments.Named.Count == 0) return new PyTuple([.. arguments.Positional.Skip(1)]);
        if (arguments.Positional.Count > 1)
            throw new JinjaException("FilterArgumentError", "can't handle positional and keyword arguments at the same time");
        var dict = new PyDict();
        foreach (var (name, value) in arguments.Named) dict[name] = value;
        return dict;
    }

    static string ToJson(RenderContext context, object?[] a)
    {
        var indent = Function.Or(a[2], null) switch
        {
            null => null,
            string text => text,
            var width => Spaces(context, PythonNumber.Index(width)),
        };
        var (item, key) = (indent is null ? ", " : ",", ": ");
        if (Function.Or(a[3], null) is { } separators)
        {
            var pair = Sequences.Iterate(separators).ToList();
            if (pair.Count != 2) throw JinjaException.Value("separators are two: between items, and behind keys");
            (item, key) = (StringMethods.Text(pair[0]), StringMethods.Text(pair[1]));
        }
        return new PythonJson(context, Function.Flag(a[1]), indent, item, key, Function.Flag(a[4])).Dump(a[0]);
    }

    static string Spaces(RenderContext context, int width)
    {
        context.SpendText(width);
        return new string(' ', Math.Max(0, width));
    }
}
