// A vocabulary in SentencePiece's form: pieces with scores and types. GGUF's "llama" vocabularies are the same list.
using System.Collections.Immutable;
using System.Text.Json;

namespace Majlis.Text.Tokenizers.Vocabularies;

/// <summary>Numbered as in SentencePiece and GGUF.</summary>
public enum PieceType { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 }

public sealed record PieceList(string Source, IReadOnlyList<string> Texts, IReadOnlyList<float> Scores, IReadOnlyList<PieceType> Types)
{
    const string Mark = "\u2581";

    /// <summary>Whether a blank is prepended to a text.</summary>
    public bool AddsBlank { get; init; } = true;

    /// <summary>The steps before blanks become marks.</summary>
    public ImmutableArray<JsonElement> Normalizers { get; init; } = [];

    /// <summary>BPE by score: of all neighbours that form a piece, the pair with the best-scored piece merges first.</summary>
    public TokenizerDefinition ToBytePair()
    {
        var model = new ModelDefinition
        {
            Kind = ModelKind.Bpe,
            Vocabulary = Vocabulary(),
            UnknownToken = Unknown()?.Text,
            FuseUnknown = true,
            ByteFallback = Types.Contains(PieceType.Byte),
        };
        return Around(WithMerges(model));
    }

    public TokenizerDefinition ToUnigram() => Around(new ModelDefinition
    {
        Kind = ModelKind.Unigram,
        Vocabulary = Vocabulary(),
        Scores = [.. Scores.Select(score => (double)score)],
        UnknownId = Unknown()?.Id,
        ByteFallback = Types.Contains(PieceType.Byte),
    });

    /// <summary>Tokens that are recognised in text: control and unknown ones as special, user-defined ones not.</summary>
    public static ImmutableArray<AddedToken> Added(IReadOnlyList<string> texts, IReadOnlyList<PieceType> types) =>
        [.. Enumerable.Range(0, texts.Count)
            .Where(id => types[id] is PieceType.Control or PieceType.Unknown or PieceType.UserDefined && texts[id].Length > 0)
            .Select(id => new AddedToken(id, texts[id]) { Special = types[id] != PieceType.UserDefined })];

    Vocabulary Vocabulary()
    {
        var vocabulary = new Vocabulary(Texts.Count);
        for (var id = 0; id < Texts.Count; id++) vocabulary.Add(Texts[id], id);
        return vocabulary;
    }

    (int Id, string Text)? Unknown()
    {
        for (var id = 0; id < Types.Count; id++)
            if (Types[id] == PieceType.Unknown) return (id, Texts[id]);
        return null;
    }

    /// <summary>Every split of every piece into two pieces, best score first; within a piece the longest left part first.</summary>
    ModelDefinition WithMerges(ModelDefinition model)
    {
        List<(int Left, int Right, int Whole, int LeftLength)> pairs = [];
        for (var id = 0; id < Texts.Count; id++)
        {
            if (Types[id] is not (PieceType.Normal or PieceType.UserDefined)) continue;
            var text = Texts[id].AsSpan();
            for (var cut = 1; cut < text.Length; cut++)
                if (!char.IsLowSurrogate(text[cut]) && model.Vocabulary.TryGetId(text[..cut], out var left)
                    && model.Vocabulary.TryGetId(text[cut..], out var right))
                    pairs.Add((left, right, id, cut));
        }
        var list = new MergeListBuilder(model, pairs.Count);
        foreach (var pair in pairs.OrderByDescending(pair => Scores[pair.Whole]).ThenByDescending(pair => pair.LeftLength))
            list.Add(pair.Left, pair.Right, pair.Whole);
        return list.Build();
    }

    TokenizerDefinition Around(ModelDefinition model)
    {
        JsonElement[] marks = AddsBlank ? [PipelineJson.Prepend(Mark), PipelineJson.Replace(" ", Mark)] : [PipelineJson.Replace(" ", Mark)];
        JsonElement[] decoders = [PipelineJson.Replace(Mark, " "), PipelineJson.Simple("ByteFallback"), PipelineJson.Simple("Fuse")];
        if (AddsBlank) decoders = [.. decoders, PipelineJson.StripStart(" ")];
        return new TokenizerDefinition(Source, model)
        {
            AddedTokens = Added(Texts, Types),
            Normalizer = PipelineJson.Sequence("normalizers", [.. Normalizers, .. marks]),
            Decoder = PipelineJson.Sequence("decoders", decoders),
        };
    }
}
