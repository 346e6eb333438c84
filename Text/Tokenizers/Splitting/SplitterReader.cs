// Reads the pre_tokenizer section of tokenizer.json into a flat chain of splitters.
using System.Text;
using Majlis.Text.Tokenizers.Patterns;

namespace Majlis.Text.Tokenizers.Splitting;

static class SplitterReader
{
    /// <summary>GPT-2's own pattern, which ByteLevel applies by default.</summary>
    const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>Rust's \w: Oniguruma's \w and the zero-width joiners.</summary>
    const string Words = @"[\w\u200c\u200d]+|[^\w\s\u200c\u200d]+";

    static readonly Lazy<TextPattern> gpt2 = new(() => new RegexPattern(Gpt2));

    public static IEnumerable<Splitter> Read(JsonField field)
    {
        var kind = field.Field("type").Text();
        return kind switch
        {
            "Sequence" => field.Field("pretokenizers").Items().SelectMany(Read),
            "ByteLevel" => ByteLevel(field),
            "Split" => [new PatternSplitter(
                TextPattern.Read(field.Field("pattern")), Behaviour(field.Field("behavior")), field.FlagOr("invert", false))],
            "Digits" => [new PatternSplitter(Sort(point => CodePointKinds.Is(CodePointKinds.Number, point)),
                field.FlagOr("individual_digits", false) ? Delimiters.Isolated : Delimiters.Contiguous)],
            "Punctuation" => [new PatternSplitter(Sort(CodePointKinds.IsPunctuation),
                field.Find("behavior") is { } behaviour ? Behaviour(behaviour) : Delimiters.Isolated)],
            "Metaspace" => Metaspace(field),
            "BertPreTokenizer" => [Spaces(), new PatternSplitter(Sort(CodePointKinds.IsPunctuation), Delimiters.Isolated)],
            "Whitespace" => [new PatternSplitter(new RegexPattern(Words), Delimiters.Removed, inverted: true)],
            "WhitespaceSplit" => [Spaces()],
            "CharDelimiterSplit" =>
                [new PatternSplitter(new FixedPattern(Character(field.Field("delimiter")).ToString()), Delimiters.Removed)],
            "FixedLength" => [new FixedLengthSplitter(field.Find("length")?.Count(int.MaxValue) ?? 5)],
            _ => throw field.Unknown("a pre-tokenizer", kind),
        };
    }

    static SortPattern Sort(Func<int, bool> predicate) => new(predicate);

    static PatternSplitter Spaces() => new(Sort(point => CodePointKinds.Is(CodePointKinds.Space, point)), Delimiters.Removed);

    static IEnumerable<Splitter> ByteLevel(JsonField field)
    {
        if (field.FlagOr("add_prefix_space", true)) yield return new PrefixSplitter(' ');
        if (field.FlagOr("use_regex", true)) yield return new PatternSplitter(gpt2.Value, Delimiters.Isolated);
        yield return new ByteLevelSplitter();
    }

    static IEnumerable<Splitter> Metaspace(JsonField field)
    {
        var replacement = Character(field.Field("replacement"));
        yield return new MetaspaceSplitter(replacement, Scheme(field));
        if (field.FlagOr("split", true))
            yield return new PatternSplitter(new FixedPattern(replacement.ToString()), Delimiters.MergedWithNext);
    }

    /// <summary>prepend_scheme, or add_prefix_space in older files.</summary>
    public static Prepend Scheme(JsonField field)
    {
        var scheme = field.Find("prepend_scheme") is not { } named ? Prepend.Always : named.Text() switch
        {
            "always" => Prepend.Always,
            "first" => Prepend.First,
            "never" => Prepend.Never,
            _ => throw named.Wrong("is none of always, first, never"),
        };
        if (field.FlagOr("add_prefix_space", true)) return scheme;
        return field.Find("prepend_scheme") is null || scheme == Prepend.Never ? Prepend.Never
            : throw field.Wrong("says add_prefix_space false and a prepend_scheme that prepends");
    }

    public static Rune Character(JsonField field)
    {
        var text = field.Text();
        return Rune.DecodeFromUtf16(text, out var rune, out var units) == System.Buffers.OperationStatus.Done && units == text.Length
            ? rune : throw field.Wrong($"should be one character, not \"{text}\"");
    }

    static Delimiters Behaviour(JsonField field) => field.Text() switch
    {
        "Removed" => Delimiters.Removed,
        "Isolated" => Delimiters.Isolated,
        "MergedWithPrevious" => Delimiters.MergedWithPrevious,
        "MergedWithNext" => Delimiters.MergedWithNext,
        "Contiguous" => Delimiters.Contiguous,
        _ => throw field.Wrong("is none of Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous"),
    };
}
