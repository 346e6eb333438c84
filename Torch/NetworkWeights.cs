// A network's tensors in serving form: projections of one input fused, norm weights in fp32 with their offset added. Loads tensor by
// tensor; holds no state of a batch.
using Majlis.Model;
using static TorchSharp.torch;

namespace Majlis.Torch;

sealed class NetworkWeights : IDisposable
{
    readonly List<IDisposable> owned = [];

    public NetworkWeights(Blueprint blueprint, IWeightSource source, ScalarType dtype, Device device)
    {
        blueprint.Check(source);
        using var memory = new LargeBlocks(dtype, device);
        Embedding = Own(WeightLoader.Load(source, blueprint.Embedding, memory));
        Positions = blueprint.PositionEmbedding is { } positions
            ? Own(WeightLoader.Load(source, positions, memory).narrow(0, blueprint.PositionOffset, blueprint.MaxPositions)) : null;
        TokenTypes = blueprint.TokenTypeEmbedding is { } types ? Own(WeightLoader.Load(source, types, memory)) : null;
        EmbeddingNorm = Norm(blueprint.EmbeddingNorm);
        FinalNorm = Norm(blueprint.FinalNorm);
        Pooler = blueprint.Pooler is { } pooler ? Linear(pooler) : null;
        Head = blueprint.Head is not { } head ? null : blueprint.IsTied ? new FusedLinear(head, Embedding) : Linear(head);
        Layers = new LayerWeights[blueprint.Layers.Length];
        for (var i = 0; i < Layers.Length; i++) Layers[i] = Layer(blueprint.Layers[i]);

        LayerWeights Layer(LayerBlueprint layer) => new(layer,
            Norm(layer.BeforeAttention), Linear(layer.Attention.Query, layer.Attention.Key, layer.Attention.Value),
            Norm(layer.Attention.QueryNorm), Norm(layer.Attention.KeyNorm), Linear(layer.Attention.Output), Norm(layer.AfterAttention),
            Norm(layer.BeforeMlp), layer.Mlp.Gate is { } gate ? Linear(gate, layer.Mlp.Up)
                : Linear(layer.Mlp.Up), Linear(layer.Mlp.Down), Norm(layer.AfterMlp));

        FusedLinear Linear(params Projection[] parts)
        {
            var linear = new FusedLinear(source, memory, parts);
            owned.Add(linear);
            return linear;
        }

        NormWeights? Norm(NormBlueprint? norm)
        {
            if (norm is null) return null;
            using var stored = WeightLoader.Load(source, norm.Weight, ScalarType.Float32, device);
            var bias = norm.HasBias ? Own(WeightLoader.Load(source, norm.Bias, ScalarType.Float32, device)) : null;
            return new NormWeights(norm, Own(stored.Plus(norm.Offset)), bias);
        }
    }

    public Tensor Embedding { get; }
    public Tensor? Positions { get; }
    public Tensor? TokenTypes { get; }
    public NormWeights? EmbeddingNorm { get; }
    public NormWeights? FinalNorm { get; }
    public FusedLinear? Pooler { get; }
    public FusedLinear? Head { get; }
    public LayerWeights[] Layers { get; }

    Tensor Own(Tensor tensor)
    {
        owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    public void Dispose()
    {
        foreach (var item in owned) item.Dispose();
        owned.Clear();
    }
}

sealed record LayerWeights(LayerBlueprint Blueprint, NormWeights? BeforeAttention, FusedLinear Qkv, NormWeights? QueryNorm,
    NormWeights? KeyNorm,
    FusedLinear Output, NormWeights? AfterAttention, NormWeights? BeforeMlp, FusedLinear GateUp, FusedLinear Down, NormWeights? AfterMlp);

/// <summary>A norm with its fp32 weight, with the offset added.</summary>
sealed record NormWeights(NormBlueprint Blueprint, Tensor Weight, Tensor? Bias)
{
    /// <summary>x [N, n * Width] of any type to the same shape in the type of <paramref name="like"/>.</summary>
    public Tensor Apply(Tensor x, Tensor like)
    {
        var grouped = x.shape[^1] == Blueprint.Width ? x : x.unflatten(1, [x.shape[1] / Blueprint.Width, Blueprint.Width]);
        var normed = Blueprint.Kind == NormKind.Rms ? Kernels.Rms(grouped, Weight, like, Blueprint.Epsilon) : Layer(grouped).to(like.dtype);
        return ReferenceEquals(grouped, x) ? normed : normed.flatten(1);
    }

    Tensor Layer(Tensor x)
    {
        var wide = x.to(ScalarType.Float32);
        if (Blueprint.Rows is null) return nn.functional.layer_norm(wide, [Blueprint.Width], Weight, Bias, Blueprint.Epsilon);
        return nn.functional.layer_norm(wide, [Blueprint.Width], null, null, Blueprint.Epsilon) * Weight; // a row of weights for each head
    }
}
