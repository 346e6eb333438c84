// A YAML scalar as PyYAML resolves it by YAML 1.1: 010 is 8, 1:30 is 90, 1e3 is text, no is a truth value.
// Knows nothing of keys, lists or recipes.
using System.Globalization;
using System.Text.RegularExpressions;

namespace Majlis.Merge.Recipes;

enum ScalarKind { Null, Flag, Number, Text, Date, MergeKey }

/// <summary>A value, the text it was written as, and its number (1 or 0 for a truth value). Source: PyYAML 6, yaml/resolver.py and
/// yaml/constructor.py (SafeLoader).</summary>
readonly partial record struct RecipeScalar(ScalarKind Kind, string Written, double Number = 0)
{
    const string Core = "tag:yaml.org,2002:";

    /// <summary>The kind's name in messages.</summary>
    public string KindName => Kind switch
    {
        ScalarKind.Null => "null",
        ScalarKind.Flag => "a truth value",
        ScalarKind.Number => "a number",
        ScalarKind.Text => "text",
        ScalarKind.Date => "a date",
        _ => "a merge key",
    };

    /// <summary>
    /// A scalar's value by its tag, else by its form if <paramref name="plain"/> (unquoted); null where the tag is unknown or does not fit.
    /// </summary>
    public static RecipeScalar? Resolve(string text, bool plain, string tag) => tag switch
    {
        "" or "!" when plain => Implicit(text),
        "" or "!" or Core + "str" => new RecipeScalar(ScalarKind.Text, text),
        Core + "null" => new RecipeScalar(ScalarKind.Null, text),
        Core + "bool" => Truth(text.ToLowerInvariant(), text),
        Core + "int" => OfNumber(Whole(text), text),
        Core + "float" => OfNumber(Decimal(text), text),
        _ => null,
    };

    static RecipeScalar? Implicit(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => new RecipeScalar(ScalarKind.Null, text),
        "<<" => new RecipeScalar(ScalarKind.MergeKey, text),
        "=" => null,
        _ when Words().IsMatch(text) => Truth(text.ToLowerInvariant(), text),
        _ when Decimals().IsMatch(text) => OfNumber(Decimal(text), text),
        _ when Wholes().IsMatch(text) => OfNumber(Whole(text), text),
        _ when Dates().IsMatch(text) => new RecipeScalar(ScalarKind.Date, text),
        _ => new RecipeScalar(ScalarKind.Text, text),
    };

    static RecipeScalar? Truth(string word, string text) => word switch
    {
        "yes" or "true" or "on" => new RecipeScalar(ScalarKind.Flag, text, 1),
        "no" or "false" or "off" => new RecipeScalar(ScalarKind.Flag, text, 0),
        _ => null,
    };

    static RecipeScalar? OfNumber(double? value, string text) =>
        value is { } number ? new RecipeScalar(ScalarKind.Number, text, number) : null;

    static double? Whole(string text)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        var sign = digits.StartsWith('-') ? -1 : 1;
        if (digits is ['-' or '+', ..]) digits = digits[1..];
        return sign * digits switch
        {
            "0" => 0,
            ['0', 'b', .. var binary] => InBase(binary, 2),
            ['0', 'x', .. var hexadecimal] => InBase(hexadecimal, 16),
            ['0', ..] => InBase(digits, 8),
            _ => Sexagesimal(digits, part => part.All(char.IsAsciiDigit) ? OfDecimal(part) : null),
        } + 0; // There is no negative zero among whole numbers.
    }

    static double? Decimal(string text)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
        var sign = digits.StartsWith('-') ? -1 : 1;
        if (digits is ['-' or '+', ..]) digits = digits[1..];
        return sign * digits switch
        {
            ".inf" => double.PositiveInfinity,
            ".nan" => double.NaN,
            _ => Sexagesimal(digits, OfDecimal),
        };
    }

    static double? OfDecimal(string digits) => double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
        CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>Base-sixty parts, as in 1:30; a single part is itself.</summary>
    static double? Sexagesimal(string digits, Func<string, double?> read) =>
        digits.Split(':').Aggregate((double?)0, (value, part) => value * 60 + read(part));

    static double? InBase(string digits, int radix)
    {
        double? value = digits.Length == 0 ? null : 0;
        foreach (var digit in digits)
            value = char.IsAsciiHexDigit(digit) && Convert.ToInt32(digit.ToString(), 16) is var each && each < radix
                ? value * radix + each : null;
        return value;
    }

    [GeneratedRegex(@"^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)\z")]
    private static partial Regex Words();

    [GeneratedRegex(@"^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?" +
        @"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\z")]
    private static partial Regex Decimals();

    [GeneratedRegex(@"^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)\z")]
    private static partial Regex Wholes();

    [GeneratedRegex(@"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}" +
        @"(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)\z")]
    private static partial Regex Dates();
}
