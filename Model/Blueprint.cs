// A network's description, layer by layer: numbers and the checkpoint's tensor names, no computation. Both backends build from it;
// neither knows a family's name. Families/*.cs create it from a config.json.
using System.Collections.Immutable;

namespace Majlis.Model;

/// <summary>The output on top: next-token logits, one score a sequence (reward model), or none (sentence encoder).</summary>
public enum HeadKind { LanguageModel, Score, None }

/// <summary>
/// An immutable network description. Token embedding x EmbeddingScale, the layers, FinalNorm, Head, x LogitScale, soft-cap.
/// </summary>
public sealed record Blueprint
{
    /// <summary>The config's model_type; for people and logs only, no code branches on it.</summary>
    public required string Family { get; init; }
    public HeadKind HeadKind { get; init; }
    public required int VocabularySize { get; init; }
    public required int HiddenSize { get; init; }

    /// <summary>Longest sequence the config allows, in tokens.</summary>
    public required int MaxPositions { get; init; }
    public required ImmutableArray<LayerBlueprint> Layers { get; init; }

    /// <summary>Tensor [vocabulary, hidden].</summary>
    public required string Embedding { get; init; }
    public float EmbeddingScale { get; init; } = 1;

    /// <summary>Encoders only: tables added to the token embedding before a norm.</summary>
    public string? PositionEmbedding { get; init; }

    /// <summary>Rows of that table before the first position's (RoBERTa keeps one for each id up to the padding's).</summary>
    public int PositionOffset { get; init; }
    public string? TokenTypeEmbedding { get; init; }
    public int TokenTypes { get; init; }
    public NormBlueprint? EmbeddingNorm { get; init; }

    public NormBlueprint? FinalNorm { get; init; }

    /// <summary>Tied if its weight is the embedding's tensor; null for an encoder.</summary>
    public Projection? Head { get; init; }
    public float LogitScale { get; init; } = 1;
    public float? LogitSoftCap { get; init; }

    /// <summary>Score heads of encoders: the head reads tanh of this projection of the first token's state.</summary>
    public Projection? Pooler { get; init; }

    /// <summary>A reward head without a pooler reads the score at the last token that is not this one.</summary>
    public int? PadToken { get; init; }

    public bool IsTied => Head?.Weight == Embedding;
    public bool IsCausal => Layers.All(layer => layer.Attention.IsCausal);

    /// <summary>Equal for two sequence lengths if both use the same rotation angles, so that their cached keys agree.</summary>
    public int RotationOf(int length) => Layers.Select(layer => layer.Attention.Rotary?.TableLength(length) ?? 0).DefaultIfEmpty().Max();

    /// <summary>True where a sequence that grows to <paramref name="length"/> must be computed anew.</summary>
    public bool TurnsAnew(int length) => Layers.Any(layer => layer.Attention.Rotary?.TurnsAnew(length) ?? false);

    /// <summary>Layers that share block tables: full attention first, then each window. Empty for an encoder, which keeps no
    /// cache.</summary>
    public ImmutableArray<CacheGroup> CacheGroups => IsCausal
        ? [.. Layers.Select((layer, index) => (layer.Attention.Window, index)).GroupBy(pair => pair.Window, pair => pair.index)
            .OrderBy(group => group.Key ?? 0).Select(group => new CacheGroup(group.Key, [.. group]))]
        : [];
}

/// <summary>Layers with the same cache lifetime: all tokens (Window null) or the last Window tokens.</summary>
public sealed record CacheGroup(int? Window, ImmutableArray<int> Layers);

/// <summary>
/// A layer's residual structure, n = norm. Sequential: h = x + after(attention(before(x))), then the MLP alike; any norm may be absent.
/// Parallel: x + attention(n(x)) + mlp(n(x)). NormAfterAdd: h = after(x + attention(x)), then the MLP alike.
/// </summary>
public enum Residual { Sequential, Parallel, NormAfterAdd }

public sealed record LayerBlueprint
{
    public Residual Residual { get; init; }
    public NormBlueprint? BeforeAttention { get; init; }
    public required AttentionBlueprint Attention { get; init; }
    public NormBlueprint? AfterAttention { get; init; }
    public NormBlueprint? BeforeMlp { get; init; }
    public required MlpBlueprint Mlp { get; init; }
    public NormBlueprint? AfterMlp { get; init; }
}

/// <summary>Query head h reads key/value head h / (Heads / KeyValueHeads).</summary>
public sealed record AttentionBlueprint
{
    public required int Heads { get; init; }
    public required int KeyValueHeads { get; init; }
    public required int HeadDim { get; init; }
    public required Projection Query { get; init; }
    public required Projection Key { get; init; }
    public required Projection Value { get; init; }
    public required Projection Output { get; init; }

    /// <summary>Applied to q and k before rotation, over groups of Width elements: a head, or the whole vector.</summary>
    public NormBlueprint? QueryNorm { get; init; }
    public NormBlueprint? KeyNorm { get; init; }

    /// <summary>Null: this layer has no positions.</summary>
    public Rotary? Rotary { get; init; }

    /// <summary>w: a query sees the keys q-w+1 .. q. Null: all before it.</summary>
    public int? Window { get; init; }
    public required float Scale { get; init; }

    /// <summary>c: scores become c tanh(score / c) before the mask.</summary>
    public float? SoftCap { get; init; }
    public bool IsCausal { get; init; } = true;
}

public enum Activation { Silu, GeluTanh, GeluErf, Relu }

/// <summary>Down(act(Gate(x)) * Up(x)), or Down(act(Up(x))) without a gate.</summary>
public sealed record MlpBlueprint(Projection? Gate, Projection Up, Projection Down, Activation Activation);

public enum NormKind { Rms, Layer }

/// <summary>
/// A norm over the last Width elements with weight (+ Offset: 1 where the stored weight is a difference from one). The tensor's shape is
/// [Width], or [Rows, Width] with one row a head.
/// </summary>
public sealed record NormBlueprint(NormKind Kind, string Module, int Width, float Epsilon)
{
    public float Offset { get; init; }
    public bool HasBias { get; init; }

    /// <summary>Rows of weights, one a head, also if there is only one head; null if all heads share a plain vector.</summary>
    public int? Rows { get; init; }
    public string Weight => Module + ".weight";
    public string Bias => Module + ".bias";
}

/// <summary>
/// y = W x (+ bias). W is rows FirstRow .. FirstRow+Outputs-1 of the module's tensor, which has TensorRows rows
/// (more than Outputs if a checkpoint keeps several projections in one tensor).
/// </summary>
public sealed record Projection(string Module, int Inputs, int Outputs, bool HasBias = false)
{
    public int FirstRow { get; init; }
    public int TensorRows { get; init; } = Outputs;
    public string Weight => Module + ".weight";
    public string Bias => Module + ".bias";
}
