// A network's tensors in serving form. Loads tensor by tensor; holds no state of a step.
using Majlis.Model;

namespace Majlis.Cpu.Weights;

sealed class NetworkWeights : IDisposable
{
    readonly NativeArena memory = new();

    public NetworkWeights(Blueprint blueprint, IWeightSource source, WeightPrecision precision)
    {
        blueprint.Check(source);
        var loader = new MatrixLoader(source, precision, memory);
        try
        {
            Embedding = loader.Load(blueprint.Embedding, 0, blueprint.VocabularySize, blueprint.HiddenSize, isOuter: true);
            Positions = blueprint.PositionEmbedding is { } positions
                ? Table(positions)[(blueprint.PositionOffset * blueprint.HiddenSize)..] : null;
            TokenTypes = blueprint.TokenTypeEmbedding is { } types ? Table(types) : null;
            EmbeddingNorm = NormWeights.Load(source, blueprint.EmbeddingNorm);
            FinalNorm = NormWeights.Load(source, blueprint.FinalNorm);
            Pooler = blueprint.Pooler is { } pooler ? Linear(pooler) : null;
            Head = blueprint.Head is not { } head ? null : new Linear(source, head, blueprint.IsTied ? Embedding
                : loader.Load(head.Weight, head.FirstRow, head.Outputs, head.Inputs, isOuter: true));
            Layers = new LayerWeights[blueprint.Layers.Length];
            for (var i = 0; i < Layers.Length; i++) Layers[i] = Layer(blueprint.Layers[i]);
            Rounded = loader.Rounded;
        }
        catch
        {
            Dispose();
            throw;
        }

        LayerWeights Layer(LayerBlueprint layer) => new(layer, Norm(layer.BeforeAttention),
            Linear(layer.Attention.Query, layer.Attention.Key, layer.Attention.Value),
            Norm(layer.Attention.QueryNorm), Norm(layer.Attention.KeyNorm), Linear(layer.Attention.Output), Norm(layer.AfterAttention),
            Norm(layer.BeforeMlp), layer.Mlp.Gate is { } gate ? Linear(gate, layer.Mlp.Up) : Linear(layer.Mlp.Up),
            Linear(layer.Mlp.Down), Norm(layer.AfterMlp));

        NormWeights? Norm(NormBlueprint? norm) => NormWeights.Load(source, norm);

        Linear Linear(params Projection[] parts) => new(loader, source, parts);

        float[] Table(string name)
        {
            var values = new float[source.Tensors[name].Elements];
            source.Read(name, 0, values);
            return values;
        }
    }

    public PackedMatrix Embedding { get; }

    /// <summary>[positions, hidden]: an encoder's learned positions.</summary>
    public float[]? Positions { get; }

    /// <summary>[types, hidden]: an encoder's segments.</summary>
    public float[]? TokenTypes { get; }

    public NormWeights? EmbeddingNorm { get; }
    public NormWeights? FinalNorm { get; }

    /// <summary>Of a score head that reads the first token's state through it.</summary>
    public Linear? Pooler { get; }

    /// <summary>Null for an encoder.</summary>
    public Linear? Head { get; }
    public LayerWeights[] Layers { get; }

    /// <summary>Of a GGUF's types those that were rounded, with the number of their tensors.</summary>
    public IReadOnlyDictionary<TensorType, int> Rounded { get; }

    public void Dispose() => memory.Dispose();
}

sealed record LayerWeights(LayerBlueprint Blueprint, NormWeights? BeforeAttention, Linear Qkv, NormWeights? QueryNorm,
    NormWeights? KeyNorm, Linear Output, NormWeights? AfterAttention, NormWeights? BeforeMlp, Linear GateUp, Linear Down,
    NormWeights? AfterMlp);
