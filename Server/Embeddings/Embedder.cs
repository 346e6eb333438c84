// Who computes the vectors of a request: the embedding model of --embedding-model, by its name, or the served model, by its own. Turns a
// checked request into tokens and these into vectors of the size asked for. Knows no HTTP.
using Majlis.Inference;
using Majlis.Inference.Sentences;
using Majlis.Model.Sentences;
using Majlis.Server.Models;
using Majlis.Server.Wire;

namespace Majlis.Server.Embeddings;

sealed class Embedder(EncoderModels encoders, LiveModel live, ModelLeases leases, ServedStates served)
{
    static readonly UnitLength unit = new();

    /// <summary>Whether vectors can be asked of this name.</summary>
    public bool Knows(string name) => encoders.Embedding?.Model.Name == name
        || (live.Current is { } model && ModelNames.Means(name, model, out _));

    /// <summary>A run ready to compute, or null with the reason in <paramref name="problem"/>.</summary>
    public EmbeddingRun? Prepare(EmbeddingRequest request, Problem problem)
    {
        if (encoders.Embedding is { } encoder && encoder.Model.Name == request.Model)
            return Prepare(VectorReader.Of(encoder.Model), request, problem,
                (tokens, stop) => encoder.EncodeAsync(tokens, request.Priority, cancellation: stop));
        if (live.Current is { } model && ModelNames.Means(request.Model, model, out _))
            return leases.Lease(request.Model, problem, lease => Prepare(ServedStates.Reader(lease), request, problem,
                (tokens, stop) => served.PoolAsync(lease, tokens, request, stop)) is { } run ? run with { Lease = lease } : null);
        problem.Add(ApiError.UnknownModel(request.Model, encoders.Describe()));
        return null;
    }

    static EmbeddingRun? Prepare(VectorReader reader, EmbeddingRequest request, Problem problem,
        Func<int[][], CancellationToken, Task<float[][]>> compute)
    {
        if (request.Dimensions > reader.Config.Size)
            problem.Add(ApiError.InvalidValue("dimensions", $"Invalid 'dimensions': {request.Dimensions}; a vector of "
                + $"'{reader.Name}' has {reader.Config.Size} elements."));
        var tokens = problem.First is null ? new InputTokens(reader, request).Read(problem) : [];
        return problem.First is null
            ? new EmbeddingRun(reader.Name, tokens, async stop => Shorten(await compute(tokens, stop), request.Dimensions)) : null;
    }

    // Scaled anew, so that products of shortened vectors are cosines as well.
    static float[][] Shorten(float[][] vectors, int? dimensions) => dimensions is not { } size || size == vectors[0].Length ? vectors
        : Array.ConvertAll(vectors, vector => unit.Apply(vector[..size]));
}

/// <param name="Model">The model's name in replies.</param>
/// <param name="Tokens">Of each input.</param>
/// <param name="VectorsAsync">Queues the inputs; a vector for each.</param>
sealed record EmbeddingRun(string Model, int[][] Tokens, Func<CancellationToken, Task<float[][]>> VectorsAsync) : IDisposable
{
    /// <summary>The run's own, where the served model computes.</summary>
    public ModelLease? Lease { get; init; }

    public int PromptTokens { get; } = Tokens.Sum(tokens => tokens.Length);

    public void Dispose() => Lease?.Dispose();
}
