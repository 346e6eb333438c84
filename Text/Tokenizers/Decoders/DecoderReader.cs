// Reads the decoder section of tokenizer.json into decoding stages.
using System.Text;
using Majlis.Text.Tokenizers.Normalizers;
using Majlis.Text.Tokenizers.Patterns;
using Majlis.Text.Tokenizers.Splitting;

namespace Majlis.Text.Tokenizers.Decoders;

static class DecoderReader
{
    /// <summary>Stages in order. If a stage gives fragments and a later one needs whole tokens, one between them collects them.</summary>
    public static IReadOnlyList<DecodeStage> Read(JsonField? field)
    {
        if (field is not { } decoder) return [next => new SpacedPipe(next)];
        List<DecodeStage> stages = [];
        var fragments = false;
        foreach (var step in Flatten(decoder))
        {
            var kind = step.Field("type").Text();
            if (fragments && !TakesFragments(kind, step)) stages.Add(next => new WholeTokens(next));
            fragments = kind is "Fuse" or "ByteLevel" or "BPEDecoder" || fragments && TakesFragments(kind, step);
            stages.Add(Stage(kind, step));
        }
        return stages;
    }

    /// <summary>The steps of a decoder, with sequences flattened.</summary>
    public static IEnumerable<JsonField> Flatten(JsonField field) =>
        field.Field("type").Text() == "Sequence" ? field.Field("decoders").Items().SelectMany(Flatten) : [field];

    // ByteLevel gives the text of a token with a character outside its alphabet as it is, so it must see the whole token.
    static bool TakesFragments(string kind, JsonField step) => kind is "Strip" or "Fuse"
        || kind == "Replace" && TextPattern.Read(step.Field("pattern")) is FixedPattern { IsOneCharacter: true };

    static DecodeStage Stage(string kind, JsonField step) => kind switch
    {
        "ByteLevel" => next => new ByteLevelPipe(next),
        "ByteFallback" => next => new ByteFallbackPipe(next),
        "Fuse" => next => new FusePipe(next),
        "Strip" => Strip(step),
        "Replace" => Each(Replacement(step)),
        "Metaspace" => Metaspace(step),
        "WordPiece" => WordPiece(step),
        "BPEDecoder" => WordEnds(step.TextOrNull("suffix") ?? "</w>"),
        "CTC" => Ctc(step),
        _ => throw step.Unknown("a decoder", kind),
    };

    static DecodeStage Each(Func<string, bool, string> change) => next => new EachToken(change, next);

    static DecodeStage Strip(JsonField step)
    {
        var content = SplitterReader.Character(step.Field("content"));
        var (start, stop) = (step.Field("start").Count(int.MaxValue), step.Field("stop").Count(int.MaxValue));
        return next => new StripPipe(content, start, stop, next);
    }

    public static Func<string, bool, string> Replacement(JsonField step)
    {
        IReadOnlyList<Normalizer> replacing = [new Replacing(TextPattern.Read(step.Field("pattern")), step.Field("content").Text())];
        return (token, _) => new NormalizerFlow(replacing).Run(token);
    }

    static DecodeStage Metaspace(JsonField step)
    {
        var replacement = SplitterReader.Character(step.Field("replacement")).ToString();
        var dropsFirst = SplitterReader.Scheme(step) != Prepend.Never;
        return Each((token, first) => token.Replace(replacement, first && dropsFirst ? "" : " ", StringComparison.Ordinal));
    }

    static DecodeStage WordPiece(JsonField step)
    {
        var prefix = step.TextOrNull("prefix") ?? "##";
        var cleanup = step.FlagOr("cleanup", true);
        return Each((token, first) =>
        {
            var text = first ? token : token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
            return cleanup ? CleanUp(text) : text;
        });
    }

    static DecodeStage WordEnds(string suffix) => next => new WordEndPipe(suffix, next);

    static DecodeStage Ctc(JsonField step)
    {
        var pad = step.TextOrNull("pad_token") ?? "<pad>";
        var delimiter = step.TextOrNull("word_delimiter_token") ?? "|";
        Func<string, string> change = step.FlagOr("cleanup", true)
            ? text => CleanUp(text).Replace(delimiter, " ", StringComparison.Ordinal)
            : text => text;
        return next => new CtcPipe(pad, change, next);
    }

    static string CleanUp(string text) => new StringBuilder(text)
        .Replace(" .", ".").Replace(" ?", "?").Replace(" !", "!").Replace(" ,", ",").Replace(" ' ", "'").Replace(" n't", "n't")
        .Replace(" 'm", "'m").Replace(" do not", " don't").Replace(" 's", "'s").Replace(" 've", "'ve").Replace(" 're", "'re").ToString();
}
