// Upper, lower, title and capital letters by Unicode's full mappings, as in Python; .NET maps one char to one char.
using System.Globalization;
using System.Text;
using Majlis.Text.Normalization;

namespace Majlis.Text.Jinja;

static class PythonCase
{
    static readonly Dictionary<char, string> longUpper = new()
    {
        ['ı'] = "I",
        ['ß'] = "SS",
        ['ŉ'] = "ʼN",
        ['ǰ'] = "J̌",
        ['ΐ'] = "\u0399\u0308\u0301",
        ['ΰ'] = "\u03a5\u0308\u0301",
        ['և'] = "ԵՒ",
        ['ẖ'] = "H̱",
        ['ẗ'] = "T̈",
        ['ẘ'] = "W̊",
        ['ẙ'] = "Y̊",
        ['ẚ'] = "Aʾ",
        ['ﬀ'] = "FF",
        ['ﬁ'] = "FI",
        ['ﬂ'] = "FL",
        ['ﬃ'] = "FFI",
        ['ﬄ'] = "FFL",
        ['ﬅ'] = "ST",
        ['ﬆ'] = "ST",
        // .NET leaves it unchanged when it runs without ICU.
        ['ſ'] = "S",
        ['ﬓ'] = "ՄՆ",
        ['ﬔ'] = "ՄԵ",
        ['ﬕ'] = "ՄԻ",
        ['ﬖ'] = "ՎՆ",
        ['ﬗ'] = "ՄԽ",
    };

    public static string Upper(string text)
    {
        var upper = text.ToUpperInvariant();
        if (!upper.Any(c => IsGreekExtended(c) || longUpper.ContainsKey(c))) return upper;
        var result = new StringBuilder(upper.Length + 4);
        foreach (var c in upper)
            result.Append(longUpper.TryGetValue(c, out var letters) ? letters : IsGreekExtended(c) ? GreekUpper($"{c}") : $"{c}");
        return result.ToString();
    }

    static bool IsGreekExtended(char c) => c is >= '\u1f00' and <= '\u1fff';

    // An iota subscript becomes a separate capital; accents that have no capital form stay as marks.
    static string GreekUpper(string letter)
    {
        var parts = UnicodeForms.Normalize(letter, NormalizationForm.FormD);
        if (parts.EndsWith('\u0345')) return Upper(UnicodeForms.Normalize(parts[..^1], NormalizationForm.FormC)) + "Ι";
        return CharUnicodeInfo.GetUnicodeCategory(letter, 0) == UnicodeCategory.LowercaseLetter ? parts.ToUpperInvariant() : letter;
    }

    public static string Lower(string text)
    {
        if (!text.Contains('İ') && !text.Contains('Σ')) return text.ToLowerInvariant();
        var result = new StringBuilder(text.Length + 1);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == 'İ') result.Append("i̇");
            else if (text[i] == 'Σ' && i > 0 && char.IsLetter(text[i - 1]) && (i + 1 == text.Length || !char.IsLetter(text[i + 1])))
                result.Append('ς');
            else result.Append(text[i]);
        }
        return result.ToString().ToLowerInvariant();
    }

    public static string Capitalize(string text)
    {
        var first = PythonText.Characters(text).FirstOrDefault("");
        return TitleLetter(first) + Lower(text[first.Length..]);
    }

    /// <summary>str.title(): a capital after every character that is not a letter.</summary>
    public static string Title(string text)
    {
        var result = new StringBuilder(text.Length);
        var inWord = false;
        foreach (var character in PythonText.Characters(text))
        {
            result.Append(inWord ? Lower(character) : TitleLetter(character));
            inWord = IsCased(character);
        }
        return result.ToString();
    }

    static string TitleLetter(string character) => character switch
    {
        "ß" => "Ss",
        "ǆ" or "Ǆ" => "ǅ",
        "ǉ" or "Ǉ" => "ǈ",
        "ǌ" or "Ǌ" => "ǋ",
        "ǳ" or "Ǳ" => "ǲ",
        [var greek] when IsGreekExtended(greek) && character.ToUpperInvariant() is var simple && simple != character => simple,
        _ => Upper(character),
    };

    static bool IsCased(string character) => CharUnicodeInfo.GetUnicodeCategory(character, 0)
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    public static bool IsLower(string text) => PythonText.Characters(text).Any(IsCased) && !HasUpper(text);

    public static bool IsUpper(string text) => PythonText.Characters(text).Any(IsCased)
        && !PythonText.Characters(text)
            .Any(c => CharUnicodeInfo.GetUnicodeCategory(c, 0) is UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter);

    static bool HasUpper(string text) =>
        PythonText.Characters(text)
            .Any(c => CharUnicodeInfo.GetUnicodeCategory(c, 0) is UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter);
}
