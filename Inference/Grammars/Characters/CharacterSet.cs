// A set of Unicode code points as ranges, without the surrogates, which no UTF-8 text holds. Knows no encoding.
using System.Collections.Concurrent;
using System.Globalization;

namespace Majlis.Inference.Grammars.Characters;

sealed class CharacterSet
{
    const int Last = 0x10FFFF;

    // Each is found once, since that is a look at every character.
    static readonly ConcurrentDictionary<string, CharacterSet> categories = new();

    CharacterSet(IReadOnlyList<(int First, int Last)> ranges) => Ranges = ranges;

    public static CharacterSet None { get; } = new([]);

    public static CharacterSet All { get; } = Of((0, Last));

    /// <summary>ECMAScript's white space and line ends (\s).</summary>
    public static CharacterSet Space { get; } = Of((9, 13), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A),
        (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    public static CharacterSet Digit { get; } = Of(('0', '9'));

    public static CharacterSet Word { get; } = Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));

    /// <summary>Ascending, apart from each other.</summary>
    public IReadOnlyList<(int First, int Last)> Ranges { get; }

    public bool IsEmpty => Ranges.Count == 0;

    /// <summary>Both ends of a range are in the set.</summary>
    public static CharacterSet Of(params (int First, int Last)[] ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach (var (first, last) in ranges.SelectMany(WithoutSurrogates).OrderBy(range => range.First))
            if (merged.Count > 0 && first <= merged[^1].Last + 1) merged[^1] = (merged[^1].First, Math.Max(last, merged[^1].Last));
            else merged.Add((first, last));
        return new(merged);
    }

    public static CharacterSet One(int character) => Of((character, character));

    /// <summary>The characters of a general category ("L", "Lu") of Unicode, or null if there is none of that name.</summary>
    public static CharacterSet? Category(string name) =>
        Enum.GetValues<UnicodeCategory>().Any(category => name.Length > 0 && IsIn(category, name))
            ? categories.GetOrAdd(name, WithCategory) : null;

    static CharacterSet WithCategory(string name)
    {
        var ranges = new List<(int, int)>();
        for (var character = 0; character <= Last; character++)
            if (IsIn(CharUnicodeInfo.GetUnicodeCategory(character), name))
                ranges.Add((character, character));
        return Of([.. ranges]);
    }

    public CharacterSet Or(CharacterSet other) => Of([.. Ranges, .. other.Ranges]);

    public CharacterSet Not()
    {
        var gaps = new List<(int, int)>();
        var next = 0;
        foreach (var (first, last) in Ranges)
        {
            if (first > next) gaps.Add((next, first - 1));
            next = last + 1;
        }
        if (next <= Last) gaps.Add((next, Last));
        return Of([.. gaps]);
    }

    public CharacterSet And(CharacterSet other) => Not().Or(other.Not()).Not();

    public bool Contains(int character) => Ranges.Any(range => range.First <= character && character <= range.Last);

    static IEnumerable<(int First, int Last)> WithoutSurrogates((int First, int Last) range)
    {
        if (range.First < 0xD800) yield return (range.First, Math.Min(range.Last, 0xD7FF));
        if (range.Last > 0xDFFF) yield return (Math.Max(range.First, 0xE000), range.Last);
    }

    static bool IsIn(UnicodeCategory category, string name)
    {
        const string abbreviations = "LuLlLtLmLoMnMcMeNdNlNoZsZlZpCcCfCsCoPcPdPsPePiPfPoSmScSkSoCn";
        return abbreviations.AsSpan((int)category * 2, 2).StartsWith(name, StringComparison.Ordinal);
    }
}
