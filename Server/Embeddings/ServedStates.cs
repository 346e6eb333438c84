// Vectors of the served model itself: the mean of its final states over a text, at unit length. The engine reads the texts between the
// prompts and answers of others. Knows no HTTP.
using Majlis.Inference;
using Majlis.Model;
using Majlis.Model.Sentences;

namespace Majlis.Server.Embeddings;

sealed class ServedStates(Engine engine)
{
    /// <summary>Texts of one request in the engine's queue at a time, so that it does not fill it.</summary>
    const int AtATime = 8;

    static readonly UnitLength unit = new();

    /// <summary>How the served model reads texts.</summary>
    public static VectorReader Reader(ModelLease lease) => new(lease.Version, lease.Model.Tokenizer, new SentenceConfig
    {
        Pooling = lease.Model.Pooling,
        // The engine keeps room for one token behind a prompt.
        MaxTokens = lease.Model.MaxContext - 1,
        Size = lease.Model.Network.Blueprint.HiddenSize,
    }, lease.Model.Network.Blueprint.VocabularySize);

    /// <summary>A vector for each text.</summary>
    public async Task<float[][]> PoolAsync(ModelLease lease, int[][] texts, EmbeddingRequest request, CancellationToken stop)
    {
        var vectors = new float[texts.Length][];
        await Parallel.ForEachAsync(Enumerable.Range(0, texts.Length),
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = stop },
            async (i, stop) => vectors[i] = unit.Apply(await PoolOneAsync(lease, texts[i], request, stop)));
        return vectors;
    }

    async Task<float[]> PoolOneAsync(ModelLease lease, int[] text, EmbeddingRequest request, CancellationToken stop)
    {
        float[]? vector = null;
        var read = new GenerationRequest(text, new SamplingOptions(), MaxTokens: 0)
        {
            Pools = true,
            Priority = request.Priority,
            Client = request.Client,
        };
        await foreach (var piece in engine.GenerateAsync(lease, read, stop)) vector = piece.Pooled ?? vector;
        return vector ?? throw new InvalidOperationException("The engine has pooled nothing.");
    }
}
