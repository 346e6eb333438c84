// Qwen2 and 2.5: llama with a bias on q, k and v; a window on the upper layers if use_sliding_window says so.
namespace Majlis.Model.Families;

static class Qwen2
{
    public static Blueprint Read(ConfigFields config)
    {
        config.Only("hidden_act", "silu");
        config.WhenAbsent("max_position_embeddings", 32768);
        var decoder = Decoder.Read(config, keyValueHeads: 32, headDim: null, "rms_norm_eps", 1e-6) with { QueryKeyValueBias = true };
        var rotary = RotaryFields.Read(config, decoder.HeadDim, 10000);
        var windows = Windows(config, decoder.LayerCount);
        return decoder.Build(config, decoder.Layers(layer => decoder.Layer(layer, rotary, windows[layer])), tiedWhenAbsent: false);
    }

    /// <summary>[layers] windows of Qwen 2 and 3. If use_sliding_window is false, there is none, even if sliding_window is a
    /// number.</summary>
    public static int?[] Windows(ConfigFields config, int layers)
    {
        var window = LayerKinds.Window(config, 4096);
        if (!config.Bool("use_sliding_window", false)) window = null;
        var first = config.Int("max_window_layers", 28);
        return [.. LayerKinds.Read(config, layers, layer => window is not null && layer >= first)
            .Select(slides => LayerKinds.Of(slides, window))];
    }
}
