// Every code point's kind: its Unicode general category, with white-space control characters as a kind of their own,
// so that \s, \p{L}, \d and the like are all plain sets of kinds, beyond U+FFFF too.
using System.Globalization;

namespace Majlis.Text.Tokenizers.Patterns;

static class CodePointKinds
{
    /// <summary>The kind of white-space controls (tab to carriage return, U+0085); other kinds are numbered as UnicodeCategory.</summary>
    const int ControlSpace = 30;

    public const uint All = 0x7FFF_FFFF;

    public const uint Letter = 1u << (int)UnicodeCategory.UppercaseLetter | 1u << (int)UnicodeCategory.LowercaseLetter
        | 1u << (int)UnicodeCategory.TitlecaseLetter | 1u << (int)UnicodeCategory.ModifierLetter | 1u << (int)UnicodeCategory.OtherLetter;

    public const uint Mark = 1u << (int)UnicodeCategory.NonSpacingMark | 1u << (int)UnicodeCategory.SpacingCombiningMark
        | 1u << (int)UnicodeCategory.EnclosingMark;

    public const uint Number = 1u << (int)UnicodeCategory.DecimalDigitNumber | 1u << (int)UnicodeCategory.LetterNumber
        | 1u << (int)UnicodeCategory.OtherNumber;

    public const uint Separator = 1u << (int)UnicodeCategory.SpaceSeparator | 1u << (int)UnicodeCategory.LineSeparator
        | 1u << (int)UnicodeCategory.ParagraphSeparator;

    public const uint Space = Separator | 1u << ControlSpace;

    public const uint Control = 1u << (int)UnicodeCategory.Control | 1u << ControlSpace;

    public const uint Other = Control | 1u << (int)UnicodeCategory.Format | 1u << (int)UnicodeCategory.Surrogate
        | 1u << (int)UnicodeCategory.PrivateUse | 1u << (int)UnicodeCategory.OtherNotAssigned;

    public const uint Punctuation = 1u << (int)UnicodeCategory.ConnectorPunctuation | 1u << (int)UnicodeCategory.DashPunctuation
        | 1u << (int)UnicodeCategory.OpenPunctuation | 1u << (int)UnicodeCategory.ClosePunctuation
        | 1u << (int)UnicodeCategory.InitialQuotePunctuation | 1u << (int)UnicodeCategory.FinalQuotePunctuation
        | 1u << (int)UnicodeCategory.OtherPunctuation;

    public const uint Symbol = 1u << (int)UnicodeCategory.MathSymbol | 1u << (int)UnicodeCategory.CurrencySymbol
        | 1u << (int)UnicodeCategory.ModifierSymbol | 1u << (int)UnicodeCategory.OtherSymbol;

    static readonly byte[] plane = [.. Enumerable.Range(0, 0x10000).Select(Compute)];

    static readonly Dictionary<string, uint> named = new(StringComparer.OrdinalIgnoreCase)
    {
        ["L"] = Letter,
        ["Letter"] = Letter,
        ["M"] = Mark,
        ["Mark"] = Mark,
        ["N"] = Number,
        ["Number"] = Number,
        ["P"] = Punctuation,
        ["Punct"] = Punctuation,
        ["Punctuation"] = Punctuation,
        ["S"] = Symbol,
        ["Symbol"] = Symbol,
        ["Z"] = Separator,
        ["Separator"] = Separator,
        ["C"] = Other,
        ["Other"] = Other,
        ["Cc"] = Control,
        ["Cntrl"] = Control,
        ["Space"] = Space,
        ["White_Space"] = Space,
        ["Any"] = All,
        ["Lu"] = 1 << 0,
        ["Ll"] = 1 << 1,
        ["Lt"] = 1 << 2,
        ["Lm"] = 1 << 3,
        ["Lo"] = 1 << 4,
        ["Mn"] = 1 << 5,
        ["Mc"] = 1 << 6,
        ["Me"] = 1 << 7,
        ["Nd"] = 1 << 8,
        ["Digit"] = 1 << 8,
        ["Nl"] = 1 << 9,
        ["No"] = 1 << 10,
        ["Zs"] = 1 << 11,
        ["Zl"] = 1 << 12,
        ["Zp"] = 1 << 13,
        ["Cf"] = 1 << 15,
        ["Cs"] = 1 << 16,
        ["Co"] = 1 << 17,
        ["Pc"] = 1 << 18,
        ["Pd"] = 1 << 19,
        ["Ps"] = 1 << 20,
        ["Pe"] = 1 << 21,
        ["Pi"] = 1 << 22,
        ["Pf"] = 1 << 23,
        ["Po"] = 1 << 24,
        ["Sm"] = 1 << 25,
        ["Sc"] = 1 << 26,
        ["Sk"] = 1 << 27,
        ["So"] = 1 << 28,
        ["Cn"] = 1 << 29,
    };

    public static int Of(int codePoint) => codePoint < 0x10000 ? plane[codePoint] : Compute(codePoint);

    public static bool Is(uint kinds, int codePoint) => (kinds >> Of(codePoint) & 1) != 0;

    /// <summary>The kinds of a property name in \p{...}; null if it is no general category.</summary>
    public static uint? Named(string name) => named.TryGetValue(name, out var kinds) ? kinds : null;

    /// <summary>Rust's char::is_ascii_punctuation or a character of category P.</summary>
    public static bool IsPunctuation(int codePoint) => codePoint < 128
        ? char.IsBetween((char)codePoint, '!', '~') && !char.IsAsciiLetterOrDigit((char)codePoint)
        : Is(Punctuation, codePoint);

    /// <summary>Letters, marks, decimal digits, connectors, and other characters that Unicode calls alphabetic.</summary>
    public static bool IsWord(int codePoint) => Is(Letter | Mark | 1 << 8 | 1 << 9 | 1 << 18, codePoint)
        || codePoint is >= 0x24B6 and <= 0x24E9 or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189;

    /// <summary>Oniguruma's \w outside of brackets and its \b: with the superscripts and fractions of Latin-1.</summary>
    public static bool IsWordAlone(int codePoint) => IsWord(codePoint) || codePoint is 0xB2 or 0xB3 or 0xB9 or >= 0xBC and <= 0xBE;

    static byte Compute(int codePoint)
    {
        var category = CharUnicodeInfo.GetUnicodeCategory(codePoint);
        return category == UnicodeCategory.Control && char.IsWhiteSpace((char)codePoint) ? (byte)ControlSpace : (byte)category;
    }
}
