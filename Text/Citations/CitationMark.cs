// One mark of a citation while it is read, character by character: <co> opens a span, </co: 0:[1,2],1:[0]> closes it and lists results by
// their calls. Command R's older <co: 0,1> and </co: 0,1>, which list documents, are read too. Knows no text around the mark.
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Majlis.Text.Citations;

/// <summary>
/// A name, optionally a colon and a list, and ">". The list may hold digits, commas, colons, brackets and spaces only, so that nothing
/// else is ever taken for a mark or held back for long.
/// </summary>
sealed partial class CitationMark
{
    const string Opening = "<co";
    const string Closing = "</co";

    // A list of more passages than any answer cites; what is longer is text.
    const int Longest = 1024;

    readonly StringBuilder text = new();

    public int Length => text.Length;

    public bool IsWhole => text.Length > 0 && text[^1] == '>';

    public bool Closes => Name == Closing;

    string Name => text.Length > 1 && text[1] == '/' ? Closing : Opening;

    /// <summary>A token that belongs to a mark, should a tokenizer have one.</summary>
    public static bool IsBegunBy(string token) =>
        token.StartsWith(Opening, StringComparison.Ordinal) || token.StartsWith(Closing, StringComparison.Ordinal);

    /// <summary>Takes the next character if what is there could become a mark with it.</summary>
    public bool Takes(char next)
    {
        if (!Fits(next)) return false;
        text.Append(next);
        return true;
    }

    bool Fits(char next)
    {
        var at = text.Length;
        if (at == 0) return next == '<';
        if (at == 1) return next is '/' or 'c';
        if (at < Name.Length) return next == Name[at];
        if (at == Name.Length) return next is ':' or '>';
        return at < Longest && (char.IsAsciiDigit(next) || next is ',' or ':' or '[' or ']' or ' ' or '>');
    }

    /// <summary>What was taken; the mark is empty then.</summary>
    public string Release()
    {
        var taken = text.ToString();
        text.Clear();
        return taken;
    }

    /// <summary>The passages in the list of a whole mark. Of a list that cannot be read there are none.</summary>
    public ImmutableArray<CitedPassage> Passages()
    {
        var list = text.ToString()[(Name.Length + 1)..].TrimEnd('>');
        if (Documents().IsMatch(list)) return [.. Results(0, list).Distinct()];
        var groups = Groups().Match(list);
        if (!groups.Success) return [];
        return [.. groups.Groups["call"].Captures.Zip(groups.Groups["results"].Captures)
            .SelectMany(group => Number(group.First.Value) is { } call ? Results(call, group.Second.Value) : []).Distinct()];
    }

    static IEnumerable<CitedPassage> Results(int call, string list)
    {
        foreach (var item in list.Split(','))
            if (Number(item) is { } result) yield return new(call, result);
    }

    static int? Number(string digits) =>
        int.TryParse(digits.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"^[\d, ]*$")]
    private static partial Regex Documents();

    [GeneratedRegex(@"^(?: *(?<call>\d+) *: *\[(?<results>[\d, ]*)\] *(?:,|$))+ *$")]
    private static partial Regex Groups();
}
