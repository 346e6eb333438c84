// Who computes the vectors of a request: the embedding model of --embedding-model, by its name. Turns a checked request into tokens and
// these into vectors of the size asked for. Knows no HTTP.
using Majlis.Inference.Sentences;
using Majlis.Model.Sentences;
using Majlis.Server.Models;
using Majlis.Server.Wire;

namespace Majlis.Server.Embeddings;

sealed class Embedder(EncoderModels encoders)
{
    static readonly UnitLength unit = new();

    /// <summary>A run ready to compute, or null with the reason in <paramref name="problem"/>.</summary>
    public EmbeddingRun? Prepare(EmbeddingRequest request, Problem problem)
    {
        if (encoders.Embedding is not { } encoder || encoder.Model.Name != request.Model)
        {
            problem.Add(ApiError.UnknownModel(request.Model, encoders.Describe()));
            return null;
        }
        if (request.Dimensions > encoder.Model.Config.Size)
            problem.Add(ApiError.InvalidValue("dimensions", $"Invalid 'dimensions': {request.Dimensions}; a vector of "
                + $"'{encoder.Model.Name}' has {encoder.Model.Config.Size} elements."));
        var tokens = problem.First is null ? new InputTokens(encoder.Model, request).Read(problem) : [];
        return problem.First is null ? new EmbeddingRun(encoder.Model.Name, tokens, async stop =>
            Shorten(await encoder.EncodeAsync(tokens, request.Priority, cancellation: stop), request.Dimensions)) : null;
    }

    // Scaled anew, so that products of shortened vectors are cosines as well.
    static float[][] Shorten(float[][] vectors, int? dimensions) => dimensions is not { } size || size == vectors[0].Length ? vectors
        : Array.ConvertAll(vectors, vector => unit.Apply(vector[..size]));
}

/// <param name="Model">The model's name in replies.</param>
/// <param name="Tokens">Of each input.</param>
/// <param name="VectorsAsync">Queues the inputs; a vector for each.</param>
sealed record EmbeddingRun(string Model, int[][] Tokens, Func<CancellationToken, Task<float[][]>> VectorsAsync)
{
    public int PromptTokens { get; } = Tokens.Sum(tokens => tokens.Length);
}
