// How many letters of a text are Arabic, Latin or neither; callers infer its language from that. Knows no language itself.
using System.Text;

namespace Majlis.Text.Normalization;

/// <summary>
/// Letters by script, after folding: marks, joiners and tatweel do not count, presentation forms count as their letters.
/// </summary>
public readonly record struct LetterCount(int Arabic, int Latin, int Other)
{
    public int All => Arabic + Latin + Other;

    public bool IsMostlyArabic => Arabic > Latin + Other;

    public static LetterCount Of(string text)
    {
        int arabic = 0, latin = 0, other = 0;
        foreach (var rune in FoldedText.ForSearch(text).EnumerateRunes())
        {
            if (!Rune.IsLetter(rune)) continue;
            if (IsArabic(rune.Value)) arabic++;
            else if (IsLatin(rune.Value)) latin++;
            else other++;
        }
        return new LetterCount(arabic, latin, other);
    }

    static bool IsArabic(int point) => point is >= 0x0600 and <= 0x06FF or >= 0x0750 and <= 0x077F or >= 0x0870 and <= 0x08FF
        or >= 0xFB50 and <= 0xFDFF or >= 0xFE70 and <= 0xFEFF;

    static bool IsLatin(int point) => point is >= 'A' and <= 'Z' or >= 'a' and <= 'z' or >= 0x00C0 and <= 0x024F or >= 0x1E00 and <= 0x1EFF;
}
