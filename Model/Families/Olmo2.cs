// OLMo 2: a norm after attention and after the MLP, none before; RMS norms over the whole q and k vectors.
namespace Majlis.Model.Families;

static class Olmo2
{
    public static Blueprint Read(ConfigFields config)
    {
        config.Only("hidden_act", "silu");
        config.WhenAbsent("max_position_embeddings", 2048);
        config.WhenAbsent("pad_token_id", 1);
        var decoder = Decoder.Read(config, keyValueHeads: null, headDim: null, "rms_norm_eps", 1e-5);
        var bias = config.Bool("attention_bias", false);
        decoder = decoder with { QueryKeyValueBias = bias, OutputBias = bias };
        var rotary = RotaryFields.Read(config, decoder.HeadDim, 10000);
        return decoder.Build(config, decoder.Layers(Layer), tiedWhenAbsent: false);

        LayerBlueprint Layer(int layer) => new()
        {
            Attention = decoder.Attention(layer, rotary) with
            {
                QueryNorm = Norm(layer, "self_attn.q_norm", decoder.Heads * decoder.HeadDim),
                KeyNorm = Norm(layer, "self_attn.k_norm", decoder.KeyValueHeads * decoder.HeadDim),
            },
            AfterAttention = Norm(layer, "post_attention_layernorm", decoder.Hidden),
            Mlp = decoder.Mlp(layer),
            AfterMlp = Norm(layer, "post_feedforward_layernorm", decoder.Hidden),
        };

        NormBlueprint Norm(int layer, string name, int width) => Decoder.Rms($"model.layers.{layer}.{name}", width, decoder.Epsilon);
    }
}
