// A number with its noun as Arabic and English grammar want it. Knows no sentences.
using System.Globalization;

namespace Majlis.recipes.starter.Words;

/// <summary>
/// Arabic counts 3 to 10 with the plural, 11 to 99 with the singular in the accusative, 100 and its multiples with the singular; the last
/// two digits decide. English has one plural.
/// </summary>
/// <param name="Singular">دينار</param>
/// <param name="Plural">دنانير</param>
/// <param name="Accusative">دينارًا</param>
public sealed record CountedNoun(string Singular, string Plural, string Accusative)
{
    /// <summary>Reads <c>singular, plural</c> or <c>singular, plural, accusative</c>.</summary>
    public static CountedNoun Parse(string line) => line.Split(", ") switch
    {
        [var singular, var plural] => new(singular, plural, plural),
        [var singular, var plural, var accusative] => new(singular, plural, accusative),
        _ => throw new FormatException($"'{line}': expected 'singular, plural' or 'singular, plural, accusative'."),
    };

    /// <summary>Whether a number can stand before the noun: 1 and 2 are words of their own in Arabic.</summary>
    public static bool CanCount(int number) => number % 100 is 0 or > 2;

    public string Of(int number) => number.ToString(CultureInfo.InvariantCulture) + " " + (number % 100) switch
    {
        >= 3 and <= 10 => Plural,
        >= 11 => Accusative,
        _ => Accusative == Plural ? Plural : Singular,
    };
}
