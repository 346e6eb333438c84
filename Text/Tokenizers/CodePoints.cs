// Walks UTF-16 text by code points. The text is well-formed: callers have replaced lone surrogates.
using System.Text;

namespace Majlis.Text.Tokenizers;

static class CodePoints
{
    /// <summary>The code point at <paramref name="position"/>, which must be a boundary inside the text.</summary>
    public static int At(ReadOnlySpan<char> text, int position)
    {
        var unit = text[position];
        return char.IsHighSurrogate(unit) && position + 1 < text.Length ? char.ConvertToUtf32(unit, text[position + 1]) : unit;
    }

    /// <summary>The code point that ends at <paramref name="position"/>, which must be a boundary after the first.</summary>
    public static int Before(ReadOnlySpan<char> text, int position)
    {
        var unit = text[position - 1];
        return char.IsLowSurrogate(unit) && position > 1 ? char.ConvertToUtf32(text[position - 2], unit) : unit;
    }

    /// <summary>UTF-16 units of a code point.</summary>
    public static int Size(int codePoint) => codePoint > 0xFFFF ? 2 : 1;

    /// <summary>Whether the text holds no lone surrogate.</summary>
    public static string WellFormed(string text)
    {
        var first = text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff');
        if (first < 0) return text;
        StringBuilder? repaired = null;
        for (var i = first; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else (repaired ??= new StringBuilder(text))[i] = '\ufffd';
        }
        return repaired?.ToString() ?? text;
    }
}
