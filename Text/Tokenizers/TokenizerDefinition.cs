// A tokenizer as data: the content of tokenizer.json, or of GGUF keys and SentencePiece files converted to it.
// Knows nothing of how text is split; it can be written back as tokenizer.json.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Text.Tokenizers.Models;

namespace Majlis.Text.Tokenizers;

public enum ModelKind { Bpe, Unigram, WordPiece, WordLevel }

/// <summary>The model section. Fields that a kind does not use keep their defaults.</summary>
public sealed record ModelDefinition
{
    public required ModelKind Kind { get; init; }

    public required Vocabulary Vocabulary { get; init; }

    /// <summary>BPE: the pairs in order of rank, as ids; the table below looks pairs up.</summary>
    public ImmutableArray<(int Left, int Right)> MergeList { get; init; } = [];

    public MergeTable Merges { get; init; } = new(0);

    /// <summary>Unigram: log-probability by id.</summary>
    public ImmutableArray<double> Scores { get; init; } = [];

    public string? UnknownToken { get; init; }

    /// <summary>Unigram names its unknown token by id.</summary>
    public int? UnknownId { get; init; }

    public bool FuseUnknown { get; init; }

    public bool ByteFallback { get; init; }

    public bool IgnoreMerges { get; init; }

    public string? ContinuingPrefix { get; init; }

    public string? EndOfWordSuffix { get; init; }

    public int MaxWordLength { get; init; } = 100;
}

/// <summary>A token recognised in text before the model runs.</summary>
public sealed record AddedToken(int Id, string Content)
{
    public bool SingleWord { get; init; }

    public bool StripLeft { get; init; }

    public bool StripRight { get; init; }

    public bool Normalized { get; init; }

    public bool Special { get; init; }
}

/// <summary>A whole tokenizer; <paramref name="Source"/> is its file, for messages.</summary>
public sealed record TokenizerDefinition(string Source, ModelDefinition Model)
{
    public ImmutableArray<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>The four pipeline sections as JSON, each null if absent.</summary>
    public JsonElement? Normalizer { get; init; }

    public JsonElement? PreTokenizer { get; init; }

    public JsonElement? PostProcessor { get; init; }

    public JsonElement? Decoder { get; init; }
}
