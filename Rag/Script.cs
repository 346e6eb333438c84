// Which letters a text is written in: that decides how it is analysed and in which language the model is instructed.
using System.Text;

namespace Majlis.Rag;

static class Script
{
    /// <summary>How many letters are of the Arabic script, and how many of any other.</summary>
    public static (int Arabic, int Other) Letters(string text)
    {
        int arabic = 0, other = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsLetter(rune)) continue;
            if (IsArabic(rune.Value)) arabic++;
            else other++;
        }
        return (arabic, other);
    }

    public static bool IsMostlyArabic(string text) => Letters(text) is var (arabic, other) && arabic > other;

    static bool IsArabic(int point) => point is >= 0x0600 and <= 0x06FF or >= 0x0750 and <= 0x077F or >= 0x0870 and <= 0x08FF
        or >= 0xFB50 and <= 0xFDFF or >= 0xFE70 and <= 0xFEFF;
}
