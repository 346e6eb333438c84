// Cuts a text into passages of so many tokens, each repeating the end of the one before. Knows no files.
using Majlis.Text.Tokenizers;

namespace Majlis.Rag;

public static class TokenCutter
{
    /// <summary>Spans in UTF-16 units, in order, trimmed and not empty.</summary>
    /// <param name="size">The most tokens of a passage.</param>
    /// <param name="overlap">Tokens that two neighbours share; less than the size.</param>
    public static IEnumerable<Range> Cut(string text, TextTokenizer tokenizer, int size, int overlap)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(overlap, size);
        var offsets = tokenizer.EncodeWithOffsets(text, addSpecialTokens: false, specialsAsText: true).Offsets;
        var units = Units(text);
        for (var first = 0; first < offsets.Length; first += size - overlap)
        {
            var last = Math.Min(offsets.Length, first + size) - 1;
            var (start, end) = (units[offsets[first].Start], units[offsets[last].End]);
            while (start < end && char.IsWhiteSpace(text[start])) start++;
            while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
            if (start < end) yield return start..end;
            if (last == offsets.Length - 1) break;
        }
    }

    // The place in UTF-16 units of every code point, and of the end.
    static int[] Units(string text)
    {
        var places = new List<int>(text.Length + 1);
        for (var i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1) places.Add(i);
        places.Add(text.Length);
        return [.. places];
    }
}
