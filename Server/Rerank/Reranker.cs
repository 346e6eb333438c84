// Orders passages by a question: with the cross-encoder of --rerank-model, which reads both together, or by the cosines of the embedding
// model's vectors. The name in the request chooses; without one the cross-encoder goes first. Knows no HTTP.
using Majlis.Inference.Sentences;
using Majlis.Model.Sentences;
using Majlis.Server.Completions;
using Majlis.Server.Embeddings;
using Majlis.Server.Models;
using Majlis.Server.Wire;

namespace Majlis.Server.Rerank;

sealed class Reranker(EncoderModels encoders, Embedder embedder)
{
    /// <summary>A run ready to compute, or null with the reason in <paramref name="problem"/>.</summary>
    public RerankRun? Prepare(RerankRequest request, Problem problem)
    {
        if (encoders.Reranker is { } cross && (request.Model is null || request.Model == cross.Model.Name))
            return ByPairs(cross, request, problem);
        if (request.Model is not null || encoders.Embedding is not null) return ByVectors(request, problem);
        problem.Add(ApiError.UnknownModel("", "no reranker (--rerank-model) and no embedding model (--embedding-model)"));
        return null;
    }

    static RerankRun? ByPairs(SentenceEncoder encoder, RerankRequest request, Problem problem)
    {
        var pairs = new PairTokens(encoder.Model, request).Read(problem);
        if (problem.First is not null) return null;
        return new(encoder.Model.Name, pairs.Sum(pair => pair.Ids.Length), async stop =>
            [.. (await encoder.EncodeAsync([.. pairs.Select(pair => pair.Ids)], request.Priority,
                    [.. pairs.Select(pair => pair.Types)], stop))
                .Select(score => score[0])]);
    }

    RerankRun? ByVectors(RerankRequest request, Problem problem)
    {
        var model = request.Model ?? encoders.Embedding!.Model.Name;
        if (Texts([request.Query], "query", TextKind.Query) is not { } query
            || Texts(request.Documents, "documents", TextKind.Document) is not { } documents) return null;
        return new(query.Model, query.PromptTokens + documents.PromptTokens, async stop =>
        {
            var question = (await query.VectorsAsync(stop))[0];
            return Array.ConvertAll(await documents.VectorsAsync(stop), vector => VectorMath.Cosine(question, vector));
        });

        EmbeddingRun? Texts(IEnumerable<string> texts, string field, TextKind kind) => embedder.Prepare(new EmbeddingRequest
        {
            Model = model,
            Inputs = [.. texts.Select(text => new GivenPrompt(text, []))],
            Field = field,
            Kind = kind,
            MostTokens = kind == TextKind.Document ? request.MostTokens : null,
            Truncation = request.Cuts && kind == TextKind.Document ? Truncation.End : Truncation.None,
            Priority = request.Priority,
        }, problem);
    }
}

/// <param name="Model">The name of what orders.</param>
/// <param name="ScoresAsync">A score for each document, in their order.</param>
sealed record RerankRun(string Model, int PromptTokens, Func<CancellationToken, Task<float[]>> ScoresAsync)
{
    /// <summary>The best first; of equal ones the earlier.</summary>
    public async Task<IReadOnlyList<RerankResult>> ResultsAsync(RerankRequest request, CancellationToken stop) =>
        [.. (await ScoresAsync(stop)).Select((score, i) => new RerankResult(i, score)
        {
            Document = request.ReturnsDocuments ? new(request.Documents[i]) : null,
        }).OrderByDescending(result => result.RelevanceScore).Take(request.Top ?? int.MaxValue)];
}
