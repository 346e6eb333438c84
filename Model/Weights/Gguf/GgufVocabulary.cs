// The tokenizer in a GGUF file's tokenizer.ggml.* keys, as a definition like any other.
using Majlis.Text;
using Majlis.Text.Tokenizers;
using Majlis.Text.Tokenizers.Vocabularies;

namespace Majlis.Model.Weights.Gguf;

public static class GgufVocabulary
{
    const string Prefix = "tokenizer.ggml.";
    const string Mark = "\u2581";

    /// <exception cref="ModelFormatException">A key is missing, of the wrong size, or names an unknown kind.</exception>
    public static TokenizerDefinition Read(GgufFile file)
    {
        var kind = file.Text(Prefix + "model")
            ?? throw new ModelFormatException($"{file.Path}: {Prefix}model is missing: the file holds no vocabulary.");
        var tokens = file.Texts(Prefix + "tokens") ?? throw new ModelFormatException($"{file.Path}: {Prefix}tokens is missing.");
        var types = Types(file, tokens.Length);
        return kind switch
        {
            "gpt2" => ByteLevel(file, tokens, types),
            "llama" => SentencePiece(file, tokens, types),
            "bert" => WordPiece(file, tokens, types),
            _ => throw new ModelFormatException($"{file.Path}: {Prefix}model is \"{kind}\"; known are gpt2, llama and bert."),
        };
    }

    static PieceType[] Types(GgufFile file, int count)
    {
        if (file.Integers(Prefix + "token_type") is not { } types) return [.. Enumerable.Repeat(PieceType.Normal, count)];
        CheckLength(file, "token_type", types.Length, count);
        return Array.ConvertAll(types, type => (PieceType)type);
    }

    static void CheckLength(GgufFile file, string key, int length, int count)
    {
        if (length != count) throw new ModelFormatException($"{file.Path}: {Prefix}{key} has {length} entries for {count} tokens.");
        if (count > Vocabulary.MaxId)
            throw new ModelFormatException($"{file.Path}: {Prefix}{key} has {count} tokens; at most {Vocabulary.MaxId} are read.");
    }

    static TokenizerDefinition ByteLevel(GgufFile file, string[] tokens, PieceType[] types)
    {
        var pre = GgufPreTokenizers.Find(file.Path, file.Text(Prefix + "pre"));
        var merges = file.Texts(Prefix + "merges") ?? throw new ModelFormatException($"{file.Path}: {Prefix}merges is missing.");
        var model = new ModelDefinition { Kind = ModelKind.Bpe, Vocabulary = Fill(file, tokens), IgnoreMerges = pre.IgnoreMerges };
        var list = new MergeListBuilder(model, merges.Length);
        foreach (var merge in merges)
        {
            ModelFormatException Wrong(string what) => new($"{file.Path}: {Prefix}merges[{list.Count}] {what}.");
            var space = merge.IndexOf(' ', Math.Min(1, merge.Length));
            if (space < 0) throw Wrong($"is \"{merge}\", not two tokens with a space between");
            list.Add(merge.AsSpan(0, space), merge.AsSpan(space + 1), Wrong);
        }
        return new TokenizerDefinition(file.Path, list.Build())
        {
            AddedTokens = PieceList.Added(tokens, types),
            Normalizer = pre.Normalizer,
            PreTokenizer = pre.PreTokenizer,
            PostProcessor = Frame(file, tokens, pre.AddsBos),
            Decoder = PipelineJson.ByteLevelDecoder,
        };
    }

    static TokenizerDefinition SentencePiece(GgufFile file, string[] tokens, PieceType[] types)
    {
        var scores = file.Numbers(Prefix + "scores") ?? throw new ModelFormatException($"{file.Path}: {Prefix}scores is missing.");
        CheckLength(file, "scores", scores.Length, tokens.Length);
        var pieces = new PieceList(file.Path, tokens, scores, types) { AddsBlank = file.Flag(Prefix + "add_space_prefix") ?? true };
        return pieces.ToBytePair() with { PostProcessor = Frame(file, tokens, addsBos: true) };
    }

    /// <summary>GGUF marks tokens that begin a word; WordPiece marks the others, with ##.</summary>
    static TokenizerDefinition WordPiece(GgufFile file, string[] tokens, PieceType[] types)
    {
        var words = Array.ConvertAll(tokens, token => token.StartsWith(Mark, StringComparison.Ordinal) ? token[1..]
            : token.StartsWith('[') && token.EndsWith(']') ? token : "##" + token);
        var model = new ModelDefinition
        {
            Kind = ModelKind.WordPiece,
            Vocabulary = Fill(file, words),
            ContinuingPrefix = "##",
            UnknownToken = Named(file, words, "unknown")?.Token ?? "[UNK]",
        };
        return new TokenizerDefinition(file.Path, model)
        {
            AddedTokens = PieceList.Added(words, types),
            Normalizer = PipelineJson.BertNormalizer,
            PreTokenizer = PipelineJson.Simple("BertPreTokenizer"),
            // The separator's key is misspelt in existing files.
            PostProcessor = PipelineJson.Frame(Named(file, words, "cls") ?? Named(file, words, "bos"),
                Named(file, words, "seperator") ?? Named(file, words, "separator") ?? Named(file, words, "eos")),
            Decoder = PipelineJson.WordPieceDecoder,
        };
    }

    static System.Text.Json.JsonElement? Frame(GgufFile file, string[] tokens, bool addsBos) => PipelineJson.Frame(
        file.Flag(Prefix + "add_bos_token") ?? addsBos ? Named(file, tokens, "bos") : null,
        file.Flag(Prefix + "add_eos_token") ?? false ? Named(file, tokens, "eos") : null);

    // An id outside the vocabulary means none: -1, or -1 as an unsigned 32-bit number.
    static (string Token, int Id)? Named(GgufFile file, string[] tokens, string role) =>
        file.Integer($"{Prefix}{role}_token_id") is { } id && id >= 0 && id < tokens.Length ? (tokens[id], (int)id) : null;

    static Vocabulary Fill(GgufFile file, string[] tokens)
    {
        CheckLength(file, "tokens", tokens.Length, tokens.Length);
        var vocabulary = new Vocabulary(tokens.Length);
        for (var id = 0; id < tokens.Length; id++) vocabulary.Add(tokens[id], id);
        return vocabulary;
    }
}
