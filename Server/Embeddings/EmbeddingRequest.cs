// One request for vectors, validated as far as possible without a model. Data only.
using System.Collections.Immutable;
using Majlis.Inference.Sentences;
using Majlis.Server.Completions;

namespace Majlis.Server.Embeddings;

sealed record EmbeddingRequest
{
    public required string Model { get; init; }

    /// <summary>At least one.</summary>
    public required ImmutableArray<GivenPrompt> Inputs { get; init; }

    /// <summary>How the inputs' field is called in messages.</summary>
    public string Field { get; init; } = "input";

    /// <summary>The first so many elements, scaled to unit length again; null: all.</summary>
    public int? Dimensions { get; init; }

    public bool IsBase64 { get; init; }

    /// <summary>What the texts are for; null where the client does not say.</summary>
    public TextKind? Kind { get; init; }

    /// <summary>The most tokens of a text; null: as many as the model takes.</summary>
    public int? MostTokens { get; init; }

    public Truncation Truncation { get; init; }

    /// <summary>Whose request it is.</summary>
    public string Client { get; init; } = "";

    /// <summary>Lower goes first.</summary>
    public int Priority { get; init; }
}

/// <summary>What a text is for: models that tell kinds apart were trained with another prompt before each.</summary>
enum TextKind { Query, Document, Classification, Clustering }
