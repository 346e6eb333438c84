// Whether two configs mean the same network. Compares Blueprints part by part; a Blueprint spells out defaults and has one way of
// writing. Knows the parts' names in a config.json; nothing of weights.
using System.Collections;
using System.Globalization;
using System.Reflection;
using Majlis.Model;

namespace Majlis.Merge;

/// <summary>The part in which two networks differ, by its field in config.json, with both values.</summary>
sealed record NetworkDifference(string Field, string Left, string Right);

static class NetworkComparison
{
    /// <summary>Not part of the arithmetic: names, limits, and what follows from other parts.</summary>
    static readonly HashSet<string> nothing =
    [
        nameof(Blueprint.Family), nameof(Blueprint.MaxPositions), nameof(Blueprint.CacheGroups),
        nameof(Blueprint.Head) + nameof(Projection.Module),
        nameof(Projection.Weight), nameof(Projection.Bias), nameof(Rotary.AttentionFactor),
    ];

    static readonly Dictionary<string, string> fields = new()
    {
        [nameof(Blueprint.HeadKind)] = "architectures",
        [nameof(Blueprint.VocabularySize)] = "vocab_size",
        [nameof(Blueprint.HiddenSize)] = "hidden_size",
        [nameof(Blueprint.TokenTypes)] = "type_vocab_size",
        [nameof(Blueprint.LogitScale)] = "logit_scale",
        [nameof(Blueprint.LogitSoftCap)] = "final_logit_softcapping",
        [nameof(Blueprint.PadToken)] = "pad_token_id",
        [nameof(Blueprint.IsTied)] = "tie_word_embeddings",
        [nameof(AttentionBlueprint.Heads)] = "num_attention_heads",
        [nameof(AttentionBlueprint.KeyValueHeads)] = "num_key_value_heads",
        [nameof(AttentionBlueprint.HeadDim)] = "head_dim",
        [nameof(AttentionBlueprint.Window)] = "sliding_window",
        [nameof(AttentionBlueprint.Scale)] = "query_pre_attn_scalar",
        [nameof(AttentionBlueprint.SoftCap)] = "attn_logit_softcapping",
        [nameof(AttentionBlueprint.IsCausal)] = "is_decoder",
        [nameof(AttentionBlueprint.Query) + nameof(Projection.HasBias)] = "attention_bias",
        [nameof(AttentionBlueprint.Output) + nameof(Projection.HasBias)] = "attention_bias",
        [nameof(MlpBlueprint.Up) + nameof(Projection.HasBias)] = "mlp_bias",
        [nameof(MlpBlueprint.Gate) + nameof(Projection.HasBias)] = "mlp_bias",
        [nameof(MlpBlueprint.Gate) + nameof(Projection.Outputs)] = "intermediate_size",
        [nameof(MlpBlueprint.Up) + nameof(Projection.Outputs)] = "intermediate_size",
        [nameof(MlpBlueprint.Activation)] = "hidden_act",
        [nameof(NormBlueprint.Epsilon)] = "rms_norm_eps",
        [nameof(AttentionBlueprint.Rotary)] = "rope_parameters",
        [nameof(Rotary.Theta)] = "rope_theta",
        [nameof(Rotary.Dimensions)] = "partial_rotary_factor",
        [nameof(Rotary.Scaling)] = "rope_scaling",
    };

    /// <summary>
    /// The first part in which the networks differ; null where they compute the same. Compares only layers that both have; the merge checks
    /// their number itself.
    /// </summary>
    public static NetworkDifference? Find(Blueprint left, Blueprint right) => Compare("", "config.json", left, right);

    static NetworkDifference? Compare(string owner, string field, object? left, object? right)
    {
        if (left is null || right is null || left.GetType() != right.GetType())
            return left is null && right is null ? null : new NetworkDifference(field, Show(left), Show(right));
        if (left is string or Enum || left.GetType().IsPrimitive)
            return left.Equals(right) ? null : new NetworkDifference(field, Show(left), Show(right));
        if (left is IEnumerable list)
            return CompareLists(owner, field, [.. list.Cast<object?>()], [.. ((IEnumerable)right).Cast<object?>()]);
        var scores = left is Blueprint { HeadKind: HeadKind.Score };
        return left.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(part => !nothing.Contains(part.Name) && !nothing.Contains(owner + part.Name)
                && (scores || part.Name != nameof(Blueprint.PadToken)))
            .Select(part => Compare(part.Name, Name(owner, field, part.Name), part.GetValue(left), part.GetValue(right)))
            .FirstOrDefault(difference => difference is not null);
    }

    static NetworkDifference? CompareLists(string owner, string field, List<object?> left, List<object?> right) => left.Zip(right)
        .Select((pair, i) => Compare(owner, owner == nameof(Blueprint.Layers) ? $"layer {i}" : $"{field}[{i}]", pair.First, pair.Second))
        .FirstOrDefault(difference => difference is not null);

    /// <summary>The config's field if there is one; else the path to the part.</summary>
    static string Name(string owner, string field, string part) =>
        fields.GetValueOrDefault(owner + part) ?? fields.GetValueOrDefault(part) ?? $"{field}.{part}";

    static string Show(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        string or Enum => value.ToString()!,
        RotaryScaling scaling => scaling.GetType().Name.Replace("Scaling", "", StringComparison.Ordinal).ToLowerInvariant(),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.GetType().Name,
    };
}
