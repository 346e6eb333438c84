// Reads the normalizer section of tokenizer.json into normalisation steps.
using System.Text;
using Majlis.Text.Tokenizers.Patterns;

namespace Majlis.Text.Tokenizers.Normalizers;

static class NormalizerReader
{
    public static IEnumerable<Normalizer> Read(JsonField field)
    {
        var kind = field.Field("type").Text();
        return kind switch
        {
            "Sequence" => field.Field("normalizers").Items().SelectMany(Read),
            "NFC" => [new UnicodeForm(NormalizationForm.FormC)],
            "NFD" => [new UnicodeForm(NormalizationForm.FormD)],
            "NFKC" => [new UnicodeForm(NormalizationForm.FormKC)],
            "NFKD" => [new UnicodeForm(NormalizationForm.FormKD)],
            "Lowercase" => [Lowercase],
            "Strip" => [new Stripping(field.Field("strip_left").Flag(), field.Field("strip_right").Flag())],
            "StripAccents" => [new Filtering(point => !CodePointKinds.Is(CodePointKinds.Mark, point))],
            "Replace" => [new Replacing(TextPattern.Read(field.Field("pattern")), field.Field("content").Text())],
            "Prepend" => [new Prepending(field.Field("prepend").Text())],
            "ByteLevel" => [new ByteLevelNormalizer()],
            "BertNormalizer" => Bert(field),
            "Nmt" => [new Filtering(point => !Dropped(point)), new Mapping(rune => Blank(rune.Value) ? " " : null)],
            "Precompiled" => [PrecompiledMap.Read(field)],
            _ => throw field.Unknown("a normalizer", kind),
        };
    }

    static Mapping Lowercase { get; } = new(rune => rune.Value switch
    {
        // The only character with two in lower case, and one that .NET's invariant casing does not change.
        0x130 => "i\u0307",
        0x212A => "k",
        0x212B => "\u00e5",
        _ when rune.IsAscii && !char.IsAsciiLetterUpper((char)rune.Value) => null,
        _ => Rune.ToLowerInvariant(rune) is var lower && lower == rune ? null : lower.ToString(),
    });

    static IEnumerable<Normalizer> Bert(JsonField field)
    {
        var lowercase = field.FlagOr("lowercase", true);
        if (field.FlagOr("clean_text", true))
        {
            yield return new Filtering(point => point is not (0 or 0xFFFD) && !IsControl(point));
            yield return new Mapping(rune => rune.Value != ' ' && CodePointKinds.Is(CodePointKinds.Space, rune.Value) ? " " : null);
        }
        if (field.FlagOr("handle_chinese_chars", true)) yield return new Mapping(rune => IsChinese(rune.Value) ? $" {rune} " : null);
        if (field.FlagOr("strip_accents", lowercase))
        {
            yield return new UnicodeForm(NormalizationForm.FormD);
            yield return new Filtering(point => !CodePointKinds.Is(1 << 5, point));
        }
        if (lowercase) yield return Lowercase;
    }

    static bool IsControl(int point) => point is not ('\t' or '\n' or '\r')
        && CodePointKinds.Is(CodePointKinds.Control | 1 << 15 | 1 << 17, point);

    static bool IsChinese(int point) => point is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF
        or >= 0x2A700 and <= 0x2B73F or >= 0x2B740 and <= 0x2B81F or >= 0x2B920 and <= 0x2CEAF
        or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;

    static bool Dropped(int point) => point is >= 1 and <= 8 or 0xB or >= 0xE and <= 0x1F or 0x7F or 0x8F or 0x9F;

    static bool Blank(int point) => point is 9 or 10 or 12 or 13 or 0x1680 or >= 0x200B and <= 0x200F
        or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD;
}
