// SmolLM3: llama in which some layers, usually every fourth, have no positions.
using System.Text.Json;

namespace Majlis.Model.Families;

static class SmolLM3
{
    public static Blueprint Read(ConfigFields config)
    {
        config.Only("hidden_act", "silu");
        config.WhenAbsent("max_position_embeddings", 32768);
        config.WhenAbsent("pad_token_id", 128004);
        var decoder = Decoder.Read(config, keyValueHeads: 4, headDim: null, "rms_norm_eps", 1e-6);
        var bias = config.Bool("attention_bias", false);
        decoder = decoder with { QueryKeyValueBias = bias, OutputBias = bias, MlpBias = config.Bool("mlp_bias", false) };
        var rotary = RotaryFields.Read(config, decoder.HeadDim, 2_000_000);
        var interval = config.Size("no_rope_layer_interval", 4);
        // 1 means "with rotation", despite the field's name.
        var rotates = config.List("no_rope_layers", decoder.LayerCount)?.Select(Flag).ToArray()
            ?? [.. Enumerable.Range(0, decoder.LayerCount).Select(layer => (layer + 1) % interval != 0)];
        var window = LayerKinds.Window(config, null);
        if (!config.Bool("use_sliding_window", false)) window = null;
        var slides = LayerKinds.Read(config, decoder.LayerCount, layer => window is not null && !rotates[layer]);
        return decoder.Build(config,
            decoder.Layers(layer => decoder.Layer(layer, rotates[layer] ? rotary : null, LayerKinds.Of(slides[layer], window))),
            tiedWhenAbsent: true);

        static bool Flag(JsonElement flag) => flag.ValueKind == JsonValueKind.Number && flag.TryGetInt32(out var number) ? number != 0
            : throw ConfigFields.Wrong("no_rope_layers", flag, "0 or 1");
    }
}
