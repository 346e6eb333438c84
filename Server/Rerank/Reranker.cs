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
        if ((request.Model ?? encoders.Embedding?.Model.Name) is { } model && embedder.Knows(model))
            return ByVectors(request with { Model = model }, problem);
        var scorer = encoders.Reranker is { } known ? $"the reranker '{known.Model.Name}'" : "no reranker (--rerank-model names one)";
        problem.Add(ApiError.UnknownModel(request.Model ?? "", $"{scorer}, and {encoders.Describe()}"));
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
        if (Texts([request.Query], "query", TextKind.Query) is not { } query) return null;
        EmbeddingRun? documents = null;
        try
        {
            documents = Texts(request.Documents, "documents", TextKind.Document);
        }
        finally
        {
            if (documents is null) query.Dispose();
        }
        return documents is null ? null : new(query.Model, query.PromptTokens + documents.PromptTokens, async stop =>
        {
            var question = (await query.VectorsAsync(stop))[0];
            return Array.ConvertAll(await documents.VectorsAsync(stop), vector => VectorMath.Cosine(question, vector));
        })
        {
            Readers = [query, documents],
        };

        EmbeddingRun? Texts(IEnumerable<string> texts, string field, TextKind kind) => embedder.Prepare(new EmbeddingRequest
        {
            Model = request.Model!,
            Inputs = [.. texts.Select(text => new GivenPrompt(text, []))],
            Field = field,
            Kind = kind,
            MostTokens = kind == TextKind.Document ? request.MostTokens : null,
            Truncation = request.Cuts && kind == TextKind.Document ? Truncation.End : Truncation.None,
            Priority = request.Priority,
            Client = request.Client,
        }, problem);
    }
}

/// <param name="Model">The name of what orders.</param>
/// <param name="ScoresAsync">A score for each document, in their order.</param>
sealed record RerankRun(string Model, int PromptTokens, Func<CancellationToken, Task<float[]>> ScoresAsync) : IDisposable
{
    /// <summary>Own what computes; disposed with the run.</summary>
    public IReadOnlyList<EmbeddingRun> Readers { get; init; } = [];

    /// <summary>The best first; of equal ones the earlier.</summary>
    public async Task<IReadOnlyList<RerankResult>> ResultsAsync(RerankRequest request, CancellationToken stop) =>
        [.. (await ScoresAsync(stop)).Select((score, i) => new RerankResult(i, score)
        {
            Document = request.ReturnsDocuments ? new(request.Documents[i]) : null,
        }).OrderByDescending(result => result.RelevanceScore).Take(request.Top ?? int.MaxValue)];

    public void Dispose()
    {
        foreach (var reader in Readers) reader.Dispose();
    }
}
