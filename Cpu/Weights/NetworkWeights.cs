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
            FinalNorm = NormWeights.Load(source, blueprint.FinalNorm);
            var head = blueprint.Head!;
            Head = new Linear(source, head, blueprint.IsTied ? Embedding
                : loader.Load(head.Weight, head.FirstRow, head.Outputs, head.Inputs, isOuter: true));
            Layers = new LayerWeights[blueprint.Layers.Length];
            for (var i = 0; i < Layers.Length; i++) Layers[i] = Layer(blueprint.Layers[i]);
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
    }

    public PackedMatrix Embedding { get; }
    public NormWeights? FinalNorm { get; }
    public Linear Head { get; }
    public LayerWeights[] Layers { get; }

    public void Dispose() => memory.Dispose();
}

sealed record LayerWeights(LayerBlueprint Blueprint, NormWeights? BeforeAttention, Linear Qkv, NormWeights? QueryNorm,
    NormWeights? KeyNorm, Linear Output, NormWeights? AfterAttention, NormWeights? BeforeMlp, Linear GateUp, Linear Down,
    NormWeights? AfterMlp);
