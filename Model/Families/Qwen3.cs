// Qwen3: no bias, an RMS norm on each head of q and k before rotation.
namespace Majlis.Model.Families;

static class Qwen3
{
    public static Blueprint Read(ConfigFields config)
    {
        config.Only("hidden_act", "silu");
        config.WhenAbsent("max_position_embeddings", 32768);
        var decoder = Decoder.Read(config, keyValueHeads: 32, headDim: 128, "rms_norm_eps", 1e-6);
        var bias = config.Bool("attention_bias", false);
        decoder = decoder with { QueryKeyValueBias = bias, OutputBias = bias };
        var rotary = RotaryFields.Read(config, decoder.HeadDim, 10000);
        var windows = Qwen2.Windows(config, decoder.LayerCount);
        return decoder.Build(config, decoder.Layers(Layer), tiedWhenAbsent: false);

        LayerBlueprint Layer(int layer)
        {
            var plain = decoder.Layer(layer, rotary, windows[layer]);
            return plain with
            {
                Attention = plain.Attention with
                {
                    QueryNorm = Decoder.Rms($"model.layers.{layer}.self_attn.q_norm", decoder.HeadDim, decoder.Epsilon),
                    KeyNorm = Decoder.Rms($"model.layers.{layer}.self_attn.k_norm", decoder.HeadDim, decoder.Epsilon),
                },
            };
        }
    }
}
