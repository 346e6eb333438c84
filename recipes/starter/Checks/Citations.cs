// The citations of an answer in Command R7B's form: <co>span</co: 0:[1,2]>. Knows no documents.
using System.Globalization;
using System.Text.RegularExpressions;

namespace Majlis.recipes.starter.Checks;

/// <param name="Documents">Indices from 0, of the results of call 0.</param>
public sealed record Citation(string Span, IReadOnlyList<int> Documents);

public static partial class Citations
{
    public static string Mark(string span, int document) => $"<co>{span}</co: 0:[{document}]>";

    /// <summary>
    /// The answer as the starter writes it: the space before a span stands inside the mark. Its tokens are then those of the document,
    /// where a space precedes it too, and a small model has only to copy them.
    /// </summary>
    public static string SpaceInside(string answer) =>
        answer.Replace(" <co>", "<co>", StringComparison.Ordinal).Replace("<co>", "<co> ", StringComparison.Ordinal);

    public static List<Citation> In(string answer) => [.. Form().Matches(answer).Select(match => new Citation(match.Groups[1].Value.Trim(),
        [.. match.Groups[2].Value.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))]))];

    /// <summary>The answer as a reader sees it.</summary>
    public static string Without(string answer) => Form().Replace(answer, "$1").TrimStart();

    [GeneratedRegex(@"<co>([^<>]*)</co: 0:\[(\d{1,4}(?:,\d{1,4})*)\]>")]
    private static partial Regex Form();
}
