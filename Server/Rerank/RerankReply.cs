// The shapes of replies that order passages: Jina's and vLLM's, and Cohere's. Data only.
using System.Text.Json.Serialization;

namespace Majlis.Server.Rerank;

sealed record RerankReply(string Id, string Model, RerankUsage Usage, IReadOnlyList<RerankResult> Results);

sealed record RerankUsage(int PromptTokens, int TotalTokens);

/// <param name="Index">The document's place in the request.</param>
sealed record RerankResult(int Index, float RelevanceScore)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RerankDocument? Document { get; init; }
}

sealed record RerankDocument(string Text);

sealed record CohereRerankReply(string Id, string Model, IReadOnlyList<RerankResult> Results, CohereMeta Meta);
