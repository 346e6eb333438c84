// What most decoders on the hub share: tensor names, sizes and the fields they come from. A family reads this, then states its
// differences.
using System.Collections.Immutable;
using Majlis.Text;

namespace Majlis.Model.Families;

/// <summary>The common sizes of a decoder's config.</summary>
sealed record Decoder(int Hidden, int Inner, int LayerCount, int Heads, int KeyValueHeads, int HeadDim, float Epsilon)
{
    public Activation Activation { get; init; } = Activation.Silu;
    public bool QueryKeyValueBias { get; init; }
    public bool OutputBias { get; init; }
    public bool MlpBias { get; init; }

    /// <param name="config">The fields.</param>
    /// <param name="keyValueHeads">Default of num_key_value_heads if absent; null there or here means as many as query heads.</param>
    /// <param name="headDim">Default of head_dim if absent or null; null means hidden / heads.</param>
    /// <param name="epsilonField">rms_norm_eps or layer_norm_eps.</param>
    /// <param name="epsilon">Its default if absent.</param>
    public static Decoder Read(ConfigFields config, int? keyValueHeads, int? headDim, string epsilonField, double epsilon)
    {
        var (hidden, heads) = (config.Size("hidden_size"), config.Size("num_attention_heads"));
        var pairs = config.IntOrNull("num_key_value_heads") ?? (config.Has("num_key_value_heads") ? null : keyValueHeads) ?? heads;
        if (pairs == 0 || heads % pairs != 0)
            throw new ModelFormatException($"config: 'num_key_value_heads' {pairs} does not divide 'num_attention_heads' {heads}.");
        var dimension = config.IntOrNull("head_dim") ?? headDim
            ?? (hidden % heads == 0 ? hidden / heads
                : throw new ModelFormatException("config: 'head_dim' is missing and hidden_size / num_attention_heads is not whole."));
        return new Decoder(hidden, config.Size("intermediate_size"), config.Layers(), heads, pairs, dimension,
            (float)config.Double(epsilonField, epsilon));
    }

    public static NormBlueprint Rms(string module, int width, float epsilon) => new(NormKind.Rms, module, width, epsilon);

    public static Projection Project(int layer, string name, int inputs, int outputs, bool bias) =>
        new($"model.layers.{layer}.{name}", inputs, outputs, bias);

    public AttentionBlueprint Attention(int layer, Rotary? rotary, int? window = null) => new()
    {
        Heads = Heads,
        KeyValueHeads = KeyValueHeads,
        HeadDim = HeadDim,
        Query = Project(layer, "self_attn.q_proj", Hidden, Heads * HeadDim, QueryKeyValueBias),
        Key = Project(layer, "self_attn.k_proj", Hidden, KeyValueHeads * HeadDim, QueryKeyValueBias),
        Value = Project(layer, "self_attn.v_proj", Hidden, KeyValueHeads * HeadDim, QueryKeyValueBias),
        Output = Project(layer, "self_attn.o_proj", Heads * HeadDim, Hidden, OutputBias),
        Rotary = rotary,
        Window = window,
        Scale = (float)Math.Pow(HeadDim, -0.5),
    };

    public MlpBlueprint Mlp(int layer) =>
        new(Project(layer, "mlp.gate_proj", Hidden, Inner, MlpBias), Project(layer, "mlp.up_proj", Hidden, Inner, MlpBias),
        Project(layer, "mlp.down_proj", Inner, Hidden, MlpBias), Activation);

    /// <summary>The llama layer: a norm before attention, a norm before the MLP.</summary>
    public LayerBlueprint Layer(int layer, Rotary? rotary, int? window = null) => new()
    {
        BeforeAttention = Rms($"model.layers.{layer}.input_layernorm", Hidden, Epsilon),
        Attention = Attention(layer, rotary, window),
        BeforeMlp = Rms($"model.layers.{layer}.post_attention_layernorm", Hidden, Epsilon),
        Mlp = Mlp(layer),
    };

    public ImmutableArray<LayerBlueprint> Layers(Func<int, LayerBlueprint> layer) => [.. Enumerable.Range(0, LayerCount).Select(layer)];

    public Blueprint Build(ConfigFields config, ImmutableArray<LayerBlueprint> layers, bool tiedWhenAbsent)
    {
        var vocabulary = config.Size("vocab_size");
        var head = config.Bool("tie_word_embeddings", tiedWhenAbsent) ? "model.embed_tokens" : "lm_head";
        return new Blueprint
        {
            Family = "",
            VocabularySize = vocabulary,
            HiddenSize = Hidden,
            MaxPositions = config.Size("max_position_embeddings"),
            Layers = layers,
            Embedding = "model.embed_tokens.weight",
            FinalNorm = Rms("model.norm", Hidden, Epsilon),
            Head = new Projection(head, Hidden, vocabulary),
        };
    }
}
