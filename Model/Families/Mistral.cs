// Mistral: llama with a window on every layer. Ministral: a window on the layers that layer_types names.
using Majlis.Text;

namespace Majlis.Model.Families;

static class Mistral
{
    public static Blueprint Read(ConfigFields config) => Read(config, LayerKinds.Window(config, 4096), slides: null);

    public static Blueprint ReadMinistral(ConfigFields config)
    {
        if (config.IntOrNull("head_dim") is null)
            throw new ModelFormatException("config: field 'head_dim' is missing, which ministral needs.");
        var window = LayerKinds.Window(config, 4096);
        return Read(config, window, LayerKinds.Read(config, config.Layers(), _ => window is not null));
    }

    static Blueprint Read(ConfigFields config, int? window, bool[]? slides)
    {
        config.Only("hidden_act", "silu");
        config.WhenAbsent("max_position_embeddings", 131072);
        var decoder = Decoder.Read(config, keyValueHeads: 8, headDim: null, "rms_norm_eps", 1e-6);
        var rotary = RotaryFields.Read(config, decoder.HeadDim, 10000);
        return decoder.Build(config,
            decoder.Layers(layer => decoder.Layer(layer, rotary, slides is null ? window : LayerKinds.Of(slides[layer], window))),
            tiedWhenAbsent: false);
    }
}
