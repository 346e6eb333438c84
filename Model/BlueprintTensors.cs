// Which tensors a Blueprint needs from a checkpoint, and whether they are there. Reads headers only, never data.
using System.Collections.Immutable;
using Majlis.Text;

namespace Majlis.Model;

public static class BlueprintTensors
{
    /// <summary>Every tensor of the network, with its row-major shape, in network order; a tied head is not listed twice.</summary>
    public static IReadOnlyDictionary<string, ImmutableArray<long>> Tensors(this Blueprint blueprint)
    {
        var tensors = new OrderedDictionary<string, ImmutableArray<long>>
        {
            [blueprint.Embedding] = [blueprint.VocabularySize, blueprint.HiddenSize],
        };
        if (blueprint.PositionEmbedding is { } positions) tensors[positions] =
            [blueprint.MaxPositions + blueprint.PositionOffset, blueprint.HiddenSize];
        if (blueprint.TokenTypeEmbedding is { } types) tensors[types] = [blueprint.TokenTypes, blueprint.HiddenSize];
        Add(tensors, blueprint.EmbeddingNorm);
        foreach (var layer in blueprint.Layers) Add(tensors, layer);
        Add(tensors, blueprint.FinalNorm);
        Add(tensors, blueprint.Pooler);
        Add(tensors, blueprint.Head);
        return tensors;
    }

    /// <summary>
    /// Refuses a tensor that is missing, has another shape, or is in the checkpoint but unused (such as a bias that the config denies):
    /// leaving it out silently would change the result.
    /// </summary>
    /// <exception cref="ModelFormatException">The checkpoint is not this network.</exception>
    public static void Check(this Blueprint blueprint, IWeightSource weights)
    {
        var expected = blueprint.Tensors();
        foreach (var (name, shape) in expected)
        {
            if (!weights.Tensors.TryGetValue(name, out var tensor))
                throw new ModelFormatException($"Tensor '{name}' [{string.Join(", ", shape)}] is missing, which {blueprint.Family} needs.");
            if (!tensor.Shape.SequenceEqual(shape))
                throw new ModelFormatException(
                    $"Tensor '{name}' is [{string.Join(", ", tensor.Shape)}], expected [{string.Join(", ", shape)}].");
        }
        var stranger = weights.Tensors.Keys.Order(StringComparer.Ordinal)
            .FirstOrDefault(name => !expected.ContainsKey(name) && !IsHarmless(blueprint, name));
        if (stranger is not null)
            throw new ModelFormatException($"Tensor '{stranger}' has no place in a {blueprint.Family} network as its config describes it.");
    }

    // Old files contain tables that are computed anyway; tied models may repeat the head; a sentence encoder does not use its pooler.
    static bool IsHarmless(Blueprint blueprint, string name) => name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal)
        || name.EndsWith("position_ids", StringComparison.Ordinal)
        || name.EndsWith("attn.masked_bias", StringComparison.Ordinal)
        || (name == "lm_head.weight" && (blueprint.IsTied || blueprint.HeadKind != HeadKind.LanguageModel))
        || (!blueprint.IsCausal && encoderHeads.Any(head => name.StartsWith(head, StringComparison.Ordinal)));

    // The pooler, and heads of pre-training.
    static readonly string[] encoderHeads = ["pooler.", "bert.pooler.", "roberta.pooler.", "cls.", "lm_head."];

    static void Add(OrderedDictionary<string, ImmutableArray<long>> tensors, LayerBlueprint layer)
    {
        var attention = layer.Attention;
        Add(tensors, layer.BeforeAttention);
        foreach (var projection in (Projection[])[attention.Query, attention.Key, attention.Value]) Add(tensors, projection);
        Add(tensors, attention.QueryNorm);
        Add(tensors, attention.KeyNorm);
        Add(tensors, attention.Output);
        Add(tensors, layer.AfterAttention);
        Add(tensors, layer.BeforeMlp);
        Add(tensors, layer.Mlp.Gate);
        Add(tensors, layer.Mlp.Up);
        Add(tensors, layer.Mlp.Down);
        Add(tensors, layer.AfterMlp);
    }

    static void Add(OrderedDictionary<string, ImmutableArray<long>> tensors, NormBlueprint? norm)
    {
        if (norm is null) return;
        tensors[norm.Weight] = norm.Rows is { } rows ? [rows, norm.Width] : [norm.Width];
        if (norm.HasBias) tensors[norm.Bias] = [norm.Width];
    }

    static void Add(OrderedDictionary<string, ImmutableArray<long>> tensors, Projection? projection)
    {
        if (projection is null) return;
        tensors[projection.Weight] = [projection.TensorRows, projection.Inputs];
        if (projection.HasBias) tensors[projection.Bias] = [projection.TensorRows];
    }
}
