// Gemma 2: RMS norms times (1 + weight) before and after attention and MLP, soft-caps, scaled embeddings, every other layer sliding.
namespace Majlis.Model.Families;

static class Gemma2
{
    public static Blueprint Read(ConfigFields config)
    {
        config.WhenAbsent("max_position_embeddings", 8192);
        var decoder = ReadSizes(config);
        var rotary = RotaryFields.Read(config, decoder.HeadDim, 10000);
        var window = LayerKinds.Window(config, 4096);
        var slides = LayerKinds.Read(config, decoder.LayerCount, layer => layer % 2 == 0);
        var cap = SoftCap(config, "attn_logit_softcapping", 50);
        var scale = Scale(config);
        var last = SoftCap(config, "final_logit_softcapping", 30);
        return Build(config, decoder, layer => Layer(decoder, layer, Attention(layer))) with { LogitSoftCap = last };

        AttentionBlueprint Attention(int layer) =>
            decoder.Attention(layer, rotary, LayerKinds.Of(slides[layer], window)) with { Scale = scale, SoftCap = cap };
    }

    public static Decoder ReadSizes(ConfigFields config)
    {
        config.Ignore("hidden_act");
        config.WhenAbsent("pad_token_id", 0);
        config.Only("hidden_activation", "gelu_pytorch_tanh");
        var decoder = Decoder.Read(config, keyValueHeads: 4, headDim: 256, "rms_norm_eps", 1e-6);
        var bias = config.Bool("attention_bias", false);
        return decoder with { Activation = Activation.GeluTanh, QueryKeyValueBias = bias, OutputBias = bias };
    }

    public static float Scale(ConfigFields config) => (float)Math.Pow(config.Double("query_pre_attn_scalar", 256), -0.5);

    /// <summary>The default applies only if the field is absent; null means none.</summary>
    public static float? SoftCap(ConfigFields config, string name, float? absent) => config.FloatOrNull(name)
        ?? (config.Has(name) ? null : absent);

    public static LayerBlueprint Layer(Decoder decoder, int layer, AttentionBlueprint attention)
    {
        return new LayerBlueprint
        {
            BeforeAttention = Norm("input_layernorm"),
            Attention = attention,
            AfterAttention = Norm("post_attention_layernorm"),
            BeforeMlp = Norm("pre_feedforward_layernorm"),
            Mlp = decoder.Mlp(layer),
            AfterMlp = Norm("post_feedforward_layernorm"),
        };

        NormBlueprint Norm(string name) => OnePlus($"model.layers.{layer}.{name}", decoder.Hidden, decoder.Epsilon);
    }

    public static NormBlueprint OnePlus(string module, int width, float epsilon) => Decoder.Rms(module, width, epsilon) with { Offset = 1 };

    public static Blueprint Build(ConfigFields config, Decoder decoder, Func<int, LayerBlueprint> layer) =>
        decoder.Build(config, decoder.Layers(layer), tiedWhenAbsent: true) with
        {
            FinalNorm = OnePlus("model.norm", decoder.Hidden, decoder.Epsilon),
            EmbeddingScale = (float)Math.Sqrt(decoder.Hidden),
        };
}
