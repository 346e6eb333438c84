// Weights to train from nothing: normal numbers of the config's deviation, norms that change nothing, biases of zero. Seeded. Knows no
// family, only the Blueprint.
using Majlis.Model;
using static TorchSharp.torch;

namespace Majlis.Torch.Packed;

public static class RandomWeights
{
    /// <summary>Every tensor of the network in fp32 under its checkpoint name, in network order; the caller owns them.</summary>
    /// <param name="blueprint">What to make.</param>
    /// <param name="deviation">transformers' initializer_range.</param>
    /// <param name="seed">Equal seeds give equal weights.</param>
    public static IReadOnlyList<(string Name, Tensor Value)> Create(Blueprint blueprint, double deviation, ulong seed)
    {
        var norms = blueprint.Layers.SelectMany(layer => new[]
        {
            layer.BeforeAttention, layer.AfterAttention, layer.BeforeMlp, layer.AfterMlp,
            layer.Attention.QueryNorm, layer.Attention.KeyNorm,
        }).Append(blueprint.FinalNorm).Append(blueprint.EmbeddingNorm).OfType<NormBlueprint>().DistinctBy(norm => norm.Weight)
            .ToDictionary(norm => norm.Weight);
        using var generator = new Generator(seed);
        return [.. blueprint.Tensors().Select(tensor => (tensor.Key, Make(tensor.Key, [.. tensor.Value])))];

        Tensor Make(string name, long[] shape)
        {
            using var scope = NewDisposeScope();
            var value = norms.TryGetValue(name, out var norm) ? zeros(shape).Plus(1 - norm.Offset)
                : name.EndsWith(".bias", StringComparison.Ordinal) ? zeros(shape)
                : randn(shape, generator: generator).Times(deviation);
            return value.DetachFromDisposeScope();
        }
    }
}
