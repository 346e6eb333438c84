// The methods of Python's str. On text marked safe they return text marked safe.
using System.Globalization;

namespace Majlis.Text.Jinja;

static class StringMethods
{
    delegate object? Method(RenderContext context, string text, object?[] a);

    // Parameters named "" are positional-only, as in Python.
    static readonly Dictionary<string, (string[] Parameters, int Required, Method Body)> all = new()
    {
        ["strip"] = ([""], 0, (_, s, a) => PythonText.Strip(s, Chars(a[0]))),
        ["lstrip"] = ([""], 0, (_, s, a) => PythonText.StripStart(s, Chars(a[0]))),
        ["rstrip"] = ([""], 0, (_, s, a) => PythonText.StripEnd(s, Chars(a[0]))),
        ["upper"] = ([], 0, (_, s, _) => PythonCase.Upper(s)),
        ["lower"] = ([], 0, (_, s, _) => PythonCase.Lower(s)),
        ["casefold"] = ([], 0, (_, s, _) => PythonCase.Lower(s).Replace("ß", "ss", StringComparison.Ordinal)),
        ["title"] = ([], 0, (_, s, _) => PythonCase.Title(s)),
        ["capitalize"] = ([], 0, (_, s, _) => PythonCase.Capitalize(s)),
        ["swapcase"] = ([], 0, (_, s, _) =>
            string.Concat(PythonText.Characters(s).Select(c => PythonCase.IsUpper(c) ? PythonCase.Lower(c) : PythonCase.Upper(c)))),
        ["startswith"] = (["", "", ""], 1, (_, s, a) =>
            Affix(s, a, static (text, part) => text.StartsWith(part, StringComparison.Ordinal))),
        ["endswith"] = (["", "", ""], 1, (_, s, a) => Affix(s, a, static (text, part) => text.EndsWith(part, StringComparison.Ordinal))),
        ["split"] = (["sep", "maxsplit"], 0, (context, s, a) =>
            Splitting.Split(context, s, Function.Or(a[0], null), Function.Whole(a[1], -1))),
        ["rsplit"] = (["sep", "maxsplit"], 0, (context, s, a) =>
            Splitting.SplitEnd(context, s, Function.Or(a[0], null), Function.Whole(a[1], -1))),
        ["splitlines"] = (["keepends"], 0, (context, s, a) => Splitting.Lines(context, s, Function.Flag(a[0]))),
        ["partition"] = ([""], 1, (_, s, a) => Splitting.Partition(s, Text(a[0]), last: false)),
        ["rpartition"] = ([""], 1, (_, s, a) => Splitting.Partition(s, Text(a[0]), last: true)),
        ["replace"] = (["", "", ""], 2, (context, s, a) => Replacing.Replace(context, s, Text(a[0]), Text(a[1]), Function.Whole(a[2], -1))),
        ["join"] = ([""], 1, (context, s, a) => Join(context, s, a[0])),
        ["find"] = (["", "", ""], 1, (_, s, a) => Finding.Find(s, Text(a[0]), a, last: false)),
        ["rfind"] = (["", "", ""], 1, (_, s, a) => Finding.Find(s, Text(a[0]), a, last: true)),
        ["index"] = (["", "", ""], 1, (_, s, a) => Finding.Index(s, Text(a[0]), a, last: false)),
        ["rindex"] = (["", "", ""], 1, (_, s, a) => Finding.Index(s, Text(a[0]), a, last: true)),
        ["count"] = (["", "", ""], 1, (_, s, a) => Finding.Count(s, Text(a[0]), a)),
        ["removeprefix"] = ([""], 1, (_, s, a) => s.StartsWith(Text(a[0]), StringComparison.Ordinal) ? s[Text(a[0]).Length..] : s),
        ["removesuffix"] = ([""], 1, (_, s, a) => s.EndsWith(Text(a[0]), StringComparison.Ordinal) ? s[..^Text(a[0]).Length] : s),
        ["ljust"] = (["", ""], 1, (context, s, a) => s + Padding(context, s, a)),
        ["rjust"] = (["", ""], 1, (context, s, a) => Padding(context, s, a) + s),
        ["center"] = (["", ""], 1, (context, s, a) => Center(context, s, PythonNumber.Index(a[0]), Fill(a[1]))),
        ["zfill"] = ([""], 1, (context, s, a) => ZeroFill(context, s, PythonNumber.Index(a[0]))),
        ["expandtabs"] = (["tabsize"], 0, (context, s, a) => ExpandTabs(context, s, Function.Whole(a[0], 8))),
        ["isspace"] = ([], 0, (_, s, _) => PythonText.IsAllSpace(s)),
        ["isdigit"] = ([], 0, (_, s, _) => All(s, UnicodeCategory.DecimalDigitNumber) || s is "²" or "³" or "¹"),
        ["isdecimal"] = ([], 0, (_, s, _) => All(s, UnicodeCategory.DecimalDigitNumber)),
        ["isnumeric"] = ([], 0, (_, s, _) =>
            All(s, UnicodeCategory.DecimalDigitNumber, UnicodeCategory.LetterNumber, UnicodeCategory.OtherNumber)),
        ["isalpha"] = ([], 0, (_, s, _) => s.Length > 0 && s.EnumerateRunes().All(System.Text.Rune.IsLetter)),
        ["isalnum"] = ([], 0, (_, s, _) => s.Length > 0 && s.EnumerateRunes().All(System.Text.Rune.IsLetterOrDigit)),
        ["isascii"] = ([], 0, (_, s, _) => s.All(char.IsAscii)),
        ["islower"] = ([], 0, (_, s, _) => PythonCase.IsLower(s)),
        ["isupper"] = ([], 0, (_, s, _) => PythonCase.IsUpper(s)),
        ["istitle"] = ([], 0, (_, s, _) => s == PythonCase.Title(s) && s != PythonCase.Lower(s)),
        ["isidentifier"] = ([], 0, (_, s, _) => s.Length > 0 && !char.IsDigit(s[0]) && s.All(c => c == '_' || char.IsLetterOrDigit(c))),
    };

    public static object? Find(string text, string name) => name == "format" ? BraceFormat.Method(text)
        : all.TryGetValue(name, out var method)
            ? new Function(name, method.Parameters, method.Required, (context, a) => Called(context, method.Body, text, a)) : null;

    public static object? Find(Markup markup, string name) => Find(markup.Text, name) is not Function method ? null
        : new Function(name, (context, arguments) => Marked(method.Call(context, arguments)));

    static object? Marked(object? result) => result switch
    {
        string text => new Markup(text),
        List<object?> list => list.Select(Marked).ToList(),
        PyTuple tuple => new PyTuple([.. tuple.Items.Select(Marked)]),
        _ => result,
    };

    static object? Called(RenderContext context, Method body, string text, object?[] a)
    {
        context.SpendText(text.Length);
        return body(context, text, a);
    }

    public static string Text(object? value) => value switch
    {
        string or Markup => value.ToString()!,
        Undefined undefined => throw undefined.Error(),
        _ => throw JinjaException.Type($"must be str, not {PythonType.Name(value)}"),
    };

    static string? Chars(object? slot) => Function.Or(slot, null) is { } characters ? Text(characters) : null;

    static bool All(string text, params UnicodeCategory[] categories) =>
        text.Length > 0 && PythonText.Characters(text).All(c => categories.Contains(CharUnicodeInfo.GetUnicodeCategory(c, 0)));

    static bool Affix(string text, object?[] a, Func<string, string, bool> has)
    {
        var within = Finding.Within(text, a);
        return a[0] is PyTuple choices ? choices.Items.Any(choice => has(within, Text(choice))) : has(within, Text(a[0]));
    }

    static string Join(RenderContext context, string separator, object? items)
    {
        var parts = Sequences.Iterate(items).Select((item, i) => item is string or Markup ? item.ToString()!
            : throw JinjaException.Type($"sequence item {i}: expected str instance, {PythonType.Name(item)} found")).ToList();
        context.SpendText(parts.Sum(part => (long)part.Length + separator.Length));
        return string.Join(separator, parts);
    }

    static string Fill(object? slot) => ReferenceEquals(slot, Function.Absent) ? " "
        : PythonText.Length(Text(slot)) == 1 ? Text(slot)
            : throw JinjaException.Type("The fill character must be exactly one character long");

    static string Padding(RenderContext context, string text, object?[] a)
    {
        var missing = Math.Max(0, PythonNumber.Index(a[0]) - PythonText.Length(text));
        context.SpendText(missing);
        return string.Concat(Enumerable.Repeat(Fill(a[1]), missing));
    }

    public static string Center(RenderContext context, string text, int width, string fill)
    {
        var missing = Math.Max(0, width - PythonText.Length(text));
        context.SpendText(missing);
        var left = missing / 2 + (missing & width & 1);
        return string.Concat(Enumerable.Repeat(fill, left)) + text + string.Concat(Enumerable.Repeat(fill, missing - left));
    }

    static string ZeroFill(RenderContext context, string text, int width)
    {
        var missing = Math.Max(0, width - PythonText.Length(text));
        context.SpendText(missing);
        var sign = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        return text[..sign] + new string('0', missing) + text[sign..];
    }

    static string ExpandTabs(RenderContext context, string text, int size)
    {
        var result = new System.Text.StringBuilder();
        var column = 0;
        foreach (var c in text)
        {
            var spaces = c == '\t' && size > 0 ? size - column % size : 0;
            context.SpendText(spaces, result.Length);
            if (c == '\t') result.Append(' ', spaces);
            else result.Append(c);
            column = c is '\n' or '\r' ? 0 : column + (c == '\t' ? spaces : 1);
        }
        return result.ToString();
    }
}
