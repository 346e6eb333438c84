// Turns UTF-16 ranges into the offsets that callers read: code points, trimmed of blanks if the post-processor says so.
using Majlis.Text.Tokenizers.Splitting;

namespace Majlis.Text.Tokenizers;

/// <summary>Offsets in one original text.</summary>
sealed class OffsetFinisher(string text)
{
    readonly int[]? codePoints = CountCodePoints(text);

    /// <summary>The ranges in code points.</summary>
    public (int Start, int End)[] InCodePoints(List<(int Start, int End)> ranges) => codePoints is null
        ? [.. ranges]
        : [.. ranges.Select(range => (codePoints[range.Start], codePoints[range.End]))];

    /// <summary>Trims as many characters as the token has blanks at either end, as ByteLevel's post-processor does.</summary>
    public static (int Start, int End) Trim((int Start, int End) offset, ReadOnlySpan<char> token, bool first, bool afterPrefix)
    {
        var leading = 0;
        while (leading < token.Length && IsBlank(token[leading])) leading++;
        var trailing = 0;
        while (trailing < token.Length && IsBlank(token[token.Length - 1 - trailing])) trailing++;
        // One blank before the first token is the prefix space.
        if (leading == 1 && afterPrefix && (first || offset.Start == 0)) leading = 0;
        var start = Math.Min(offset.Start + leading, offset.End);
        return (start, offset.End >= trailing ? Math.Max(offset.End - trailing, start) : offset.End);
    }

    static bool IsBlank(char unit) => unit == ByteAlphabet.CharOf((byte)' ') || char.IsWhiteSpace(unit);

    /// <summary>Code points before each UTF-16 unit; null if both counts are the same.</summary>
    static int[]? CountCodePoints(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\ud800', '\udfff')) return null;
        var counts = new int[text.Length + 1];
        for (var i = 0; i < text.Length; i++) counts[i + 1] = counts[i] + (char.IsLowSurrogate(text[i]) ? 0 : 1);
        return counts;
    }
}
