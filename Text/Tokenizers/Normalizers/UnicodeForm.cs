// NFC, NFD, NFKC and NFKD with origins. Each result's origin follows the Rust library: a decomposed character's first rune replaces it
// and its further runes are inserted; a composed rune swallows.
using System.Text;
using Majlis.Text.Normalization;
using Majlis.Text.Tokenizers.Patterns;

namespace Majlis.Text.Tokenizers.Normalizers;

sealed class UnicodeForm(NormalizationForm form) : Normalizer
{
    readonly NormalizationForm decomposed =
        form is NormalizationForm.FormC or NormalizationForm.FormD ? NormalizationForm.FormD : NormalizationForm.FormKD;
    readonly bool composes = form is NormalizationForm.FormC or NormalizationForm.FormKC;

    public override bool TryRewrite(TextSlice slice, AlignedText target)
    {
        if (Ascii.IsValid(slice.Text) || UnicodeForms.IsNormalized(slice.Text, form)) return false;
        if (!slice.Tracked)
        {
            target.Append(UnicodeForms.Normalize(slice.Text.ToString(), form), 0, 0);
            return true;
        }
        var writer = new Rewriter(slice, target);
        for (var start = 0; start < slice.Text.Length;)
        {
            var end = NextBoundary(slice.Text, start);
            WriteChunk(slice.Text[start..end].ToString(), ref writer);
            start = end;
        }
        return true;
    }

    /// <summary>The start of the next chunk: a character that no earlier one can combine with or be reordered with.</summary>
    static int NextBoundary(ReadOnlySpan<char> text, int start)
    {
        var end = start + CodePoints.Size(CodePoints.At(text, start));
        while (end < text.Length && !Starts(new Rune(CodePoints.At(text, end)))) end += CodePoints.Size(CodePoints.At(text, end));
        return end;
    }

    static bool Starts(Rune rune)
    {
        if (rune.IsAscii) return true;
        // Hangul vowels and trailing consonants join the syllable before them.
        if (rune.Value is >= 0x1160 and <= 0x11FF) return false;
        var first = Rune.GetRuneAt(UnicodeForms.Normalize(rune.ToString(), NormalizationForm.FormKD), 0);
        return !CodePointKinds.Is(CodePointKinds.Mark, first.Value) && first.Value is not (>= 0x1160 and <= 0x11FF);
    }

    void WriteChunk(string chunk, ref Rewriter writer)
    {
        var parts = Decompose(chunk);
        if (!composes)
        {
            foreach (var part in parts) writer.Put(part.Rune, part.Change);
            return;
        }
        foreach (var rune in UnicodeForms.Normalize(chunk, form).EnumerateRunes())
        {
            var change = 1;
            foreach (var constituent in UnicodeForms.Normalize(rune.ToString(), NormalizationForm.FormD).EnumerateRunes())
            {
                var index = parts.FindIndex(part => part.Rune == constituent);
                if (index < 0) continue;
                change += parts[index].Change - 1;
                parts.RemoveAt(index);
            }
            writer.Put(rune, change);
        }
    }

    /// <summary>The chunk's decomposition in canonical order, each rune with its change to the original.</summary>
    List<(Rune Rune, int Change)> Decompose(string chunk)
    {
        List<(Rune Rune, int Change)> unordered = [];
        foreach (var rune in chunk.EnumerateRunes())
        {
            var first = true;
            foreach (var part in UnicodeForms.Normalize(rune.ToString(), decomposed).EnumerateRunes())
            {
                unordered.Add((part, first ? 0 : 1));
                first = false;
            }
        }
        List<(Rune Rune, int Change)> ordered = [];
        foreach (var rune in UnicodeForms.Normalize(chunk, decomposed).EnumerateRunes())
        {
            var index = unordered.FindIndex(part => part.Rune == rune);
            ordered.Add(unordered[index]);
            unordered.RemoveAt(index);
        }
        return ordered;
    }
}
