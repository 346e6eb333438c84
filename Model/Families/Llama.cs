// Llama 2, 3, 3.1 and all that copy its layout (SmolLM2 among them).
namespace Majlis.Model.Families;

static class Llama
{
    public static Blueprint Read(ConfigFields config)
    {
        config.Only("hidden_act", "silu");
        config.WhenAbsent("max_position_embeddings", 2048);
        var decoder = Decoder.Read(config, keyValueHeads: null, headDim: null, "rms_norm_eps", 1e-6);
        var bias = config.Bool("attention_bias", false);
        decoder = decoder with { QueryKeyValueBias = bias, OutputBias = bias, MlpBias = config.Bool("mlp_bias", false) };
        var rotary = RotaryFields.Read(config, decoder.HeadDim, 10000);
        return decoder.Build(config, decoder.Layers(layer => decoder.Layer(layer, rotary)), tiedWhenAbsent: false);
    }
}
