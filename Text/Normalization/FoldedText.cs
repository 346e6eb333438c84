// One spelling for texts that readers take for the same: without invisible marks, with one form of each Arabic letter and digit.
// Retrieval, the identity check, the prompt hash and the language share read all texts through it. Knows only the Arabic script.
using System.Globalization;
using System.Text;

namespace Majlis.Text.Normalization;

/// <summary>
/// NFC, then: bidi controls, zero-width marks and soft hyphens are removed; Arabic presentation forms and ligatures (U+FB50..FDFF,
/// FE70..FEFF) become letters; tatweel, tashkeel, Quranic marks and superscript alef are removed; alefs (آ أ إ ٱ ٲ ٳ), kafs (ک ڪ) and
/// yehs (ی ى) become one letter each; decimal digits of all scripts become ASCII. Joiners between letters and marks are removed: a Persian
/// or Indic word is the same with and without them; in an emoji they stay. Texts with none of this are only brought to NFC.
/// </summary>
public static class FoldedText
{
    const int ZeroWidthNonJoiner = 0x200C;
    const int ZeroWidthJoiner = 0x200D;

    public static string Of(string text) => Fold(UnicodeForms.Normalize(text, NormalizationForm.FormC));

    /// <summary>
    /// As <see cref="Of"/>, on NFKC: for comparing words rather than texts, where x² and x2, ﬁ and fi may be the same. Case is kept.
    /// </summary>
    public static string ForSearch(string text) => Fold(UnicodeForms.Normalize(Fold(text), NormalizationForm.FormKC));

    static string Fold(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var result = new StringBuilder(text.Length);
        var before = default(Rune);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsDropped(rune, before)) continue;
            if (IsPresentationForm(rune.Value)) AppendLetters(rune, result);
            else Append(rune, result);
            before = rune;
        }
        // Letters decomposed from presentation forms may compose with the character after them.
        return UnicodeForms.Normalize(result.ToString(), NormalizationForm.FormC);
    }

    static void Append(Rune rune, StringBuilder result)
    {
        if (!IsMark(rune.Value)) result.Append(Folded(rune));
    }

    // A form of a lone mark decomposes to a space or tatweel that is not in the text: أﺣﻤﺪﹰا is one word.
    static void AppendLetters(Rune form, StringBuilder result)
    {
        var letters = UnicodeForms.Normalize(form.ToString(), NormalizationForm.FormKC);
        if (letters.EnumerateRunes().All(rune => rune.Value is ' ' or 0x640 || IsMark(rune.Value))) return;
        foreach (var rune in letters.EnumerateRunes()) Append(rune, result);
    }

    static bool IsDropped(Rune rune, Rune before) => rune.Value switch
    {
        ZeroWidthNonJoiner or ZeroWidthJoiner =>
            Rune.IsLetter(before) || IsCombining(before) || Rune.IsWhiteSpace(before) || before == default,
        0x00AD or 0x061C or 0x200B or 0x200E or 0x200F or >= 0x202A and <= 0x202E or 0x2060 or >= 0x2066 and <= 0x206F or 0xFEFF => true,
        _ => false,
    };

    static bool IsCombining(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    // The ends of both blocks. U+FEFF is excluded: it is the zero-width no-break space.
    static bool IsPresentationForm(int point) => point is >= 0xFB50 and <= 0xFDFF or >= 0xFE70 and <= 0xFEFC;

    /// <summary>Tatweel, and marks above or below Arabic letters.</summary>
    static bool IsMark(int point) => point is 0x0640 or 0x0670 or >= 0x0610 and <= 0x061A or >= 0x064B and <= 0x065F
        or >= 0x06D6 and <= 0x06ED and not (0x06DE or 0x06E9) or >= 0x0897 and <= 0x089F or >= 0x08CA and <= 0x08FF
        or >= 0x10EFC and <= 0x10EFF;

    static Rune Folded(Rune rune) => rune.Value switch
    {
        'آ' or 'أ' or 'إ' or 'ٱ' or 'ٲ' or 'ٳ' => new Rune('ا'),
        'ک' or 'ڪ' => new Rune('ك'),
        'ی' or 'ى' => new Rune('ي'),
        '٫' => new Rune('.'),
        '٬' => new Rune(','),
        '٪' => new Rune('%'),
        > 0x7F when Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber => new Rune('0' + (int)Rune.GetNumericValue(rune)),
        _ => rune,
    };
}
