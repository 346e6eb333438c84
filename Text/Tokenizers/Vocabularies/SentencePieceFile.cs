// Reads SentencePiece's .model files: a protobuf message with the pieces, the trainer's options and the normaliser's options.
// Field numbers from sentencepiece_model.proto.
using System.Collections.Immutable;
using System.Text.Json;

namespace Majlis.Text.Tokenizers.Vocabularies;

static class SentencePieceFile
{
    const int UnigramKind = 1;
    const int BytePairKind = 2;

    /// <exception cref="ModelFormatException">Not a SentencePiece model, or of an unsupported kind.</exception>
    public static TokenizerDefinition Read(ReadOnlySpan<byte> bytes, string file, SentencePieceFrame frame)
    {
        List<(string Text, float Score, PieceType Type)> pieces = [];
        var kind = UnigramKind;
        var rules = new NormalizerRules();
        var message = new ProtobufReader(bytes, file);
        while (message.Next())
        {
            if (message.Field == 1) pieces.Add(ReadPiece(message.Message()));
            else if (message.Field == 2) kind = ReadKind(message.Message());
            else if (message.Field == 3) rules = ReadRules(message.Message());
        }
        if (pieces.Count == 0) throw new ModelFormatException($"{file}: this is not a SentencePiece model: it has no pieces.");
        var list = new PieceList(
            file, pieces.ConvertAll(piece => piece.Text), pieces.ConvertAll(piece => piece.Score), pieces.ConvertAll(piece => piece.Type))
        {
            AddsBlank = rules.AddsBlank,
            Normalizers = rules.Steps(),
        };
        var definition = kind switch
        {
            UnigramKind => list.ToUnigram(),
            BytePairKind => list.ToBytePair(),
            _ => throw new ModelFormatException($"{file}: the model type is {kind}; known are 1 (unigram) and 2 (BPE)."),
        };
        return definition with { PostProcessor = frame.ToJson(pieces.ConvertAll(piece => piece.Text), bytePair: kind == BytePairKind) };
    }

    static (string Text, float Score, PieceType Type) ReadPiece(ProtobufReader message)
    {
        var (text, score, type) = ("", 0f, PieceType.Normal);
        while (message.Next())
        {
            if (message.Field == 1) text = message.Text();
            else if (message.Field == 2) score = message.Single();
            else if (message.Field == 3) type = (PieceType)message.Number();
        }
        return (text, score, type);
    }

    static int ReadKind(ProtobufReader message)
    {
        var kind = UnigramKind;
        while (message.Next())
            if (message.Field == 3) kind = (int)message.Number();
        return kind;
    }

    static NormalizerRules ReadRules(ProtobufReader message)
    {
        var rules = new NormalizerRules();
        while (message.Next())
        {
            if (message.Field == 2) rules = rules with { Map = message.Bytes().ToArray() };
            else if (message.Field == 3) rules = rules with { AddsBlank = message.Number() != 0 };
            else if (message.Field == 4) rules = rules with { JoinsBlanks = message.Number() != 0 };
        }
        return rules;
    }

    sealed record NormalizerRules
    {
        public byte[] Map { get; init; } = [];

        public bool AddsBlank { get; init; } = true;

        public bool JoinsBlanks { get; init; } = true;

        public ImmutableArray<JsonElement> Steps()
        {
            List<JsonElement> steps = [];
            if (Map.Length > 0) steps.Add(PipelineJson.Precompiled(Map));
            if (JoinsBlanks) steps.AddRange([PipelineJson.ReplaceRegex("^ +| +$", ""), PipelineJson.ReplaceRegex(" {2,}", " ")]);
            return [.. steps];
        }
    }
}

/// <summary>The tokens that frame a text: from tokenizer_config.json, else BOS for BPE models (as in Llama) and none for others.</summary>
sealed record SentencePieceFrame(bool? AddsBos, bool? AddsEos)
{
    public static SentencePieceFrame Unsaid { get; } = new(null, null);

    public static SentencePieceFrame Read(JsonField config) =>
        new(config.Find("add_bos_token")?.Flag(), config.Find("add_eos_token")?.Flag());

    public JsonElement? ToJson(List<string> pieces, bool bytePair)
    {
        (string, int)? Find(string token) => pieces.IndexOf(token) is >= 0 and var id ? (token, id) : null;
        return PipelineJson.Frame(
            AddsBos ?? bytePair ? Find("<s>") ?? Find("<bos>") : null,
            AddsEos ?? false ? Find("</s>") ?? Find("<eos>") : null);
    }
}
