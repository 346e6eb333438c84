// One request to order passages by a question, validated as far as possible without a model. Data only.
using System.Collections.Immutable;

namespace Majlis.Server.Rerank;

sealed record RerankRequest
{
    /// <summary>Null: the reranker, or else the embedding model.</summary>
    public string? Model { get; init; }

    public required string Query { get; init; }

    /// <summary>At least one.</summary>
    public required ImmutableArray<string> Documents { get; init; }

    /// <summary>How many of the best to give; null: all.</summary>
    public int? Top { get; init; }

    /// <summary>The documents' texts are part of the reply.</summary>
    public bool ReturnsDocuments { get; init; }

    /// <summary>The most tokens of a document, or of question and document together; the rest of the document is left out.</summary>
    public int? MostTokens { get; init; }

    /// <summary>A document that does not fit loses its end; else the request is refused.</summary>
    public bool Cuts { get; init; }

    /// <summary>Lower goes first.</summary>
    public int Priority { get; init; }

    /// <summary>Whose request it is, for fair shares.</summary>
    public string Client { get; init; } = "";
}
