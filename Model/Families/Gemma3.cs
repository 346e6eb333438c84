// Gemma 3, text only: Gemma 2 without soft-caps, with norms on q and k, and two rotations, one for full and one for sliding layers.
namespace Majlis.Model.Families;

static class Gemma3
{
    public static Blueprint Read(ConfigFields config)
    {
        config.WhenAbsent("max_position_embeddings", 131072);
        var decoder = Gemma2.ReadSizes(config);
        var full = RotaryFields.Read(config, decoder.HeadDim, 1_000_000, layerKind: "full_attention");
        // The old style scales the full layers only; the sliding ones have their own base.
        var sliding = config.Has("rope_parameters")
            ? RotaryFields.Read(config, decoder.HeadDim, 10_000, layerKind: "sliding_attention")
            : new Rotary(RotaryStyle.HalfSplit, decoder.HeadDim, config.Double("rope_local_base_freq", 10_000));
        config.Ignore("rope_local_base_freq");
        var window = LayerKinds.Window(config, 4096);
        var slides = LayerKinds.Read(config, decoder.LayerCount, LayerKinds.EveryNthIsFull(config, 6));
        var cap = Gemma2.SoftCap(config, "attn_logit_softcapping", null);
        var scale = Gemma2.Scale(config);
        return Gemma2.Build(config, decoder, Layer) with { LogitSoftCap = Gemma2.SoftCap(config, "final_logit_softcapping", null) };

        LayerBlueprint Layer(int layer) => Gemma2.Layer(decoder, layer,
            decoder.Attention(layer, slides[layer] ? sliding : full, LayerKinds.Of(slides[layer], window)) with
            {
                Scale = scale,
                SoftCap = cap,
                QueryNorm = Gemma2.OnePlus($"model.layers.{layer}.self_attn.q_norm", decoder.HeadDim, decoder.Epsilon),
                KeyNorm = Gemma2.OnePlus($"model.layers.{layer}.self_attn.k_norm", decoder.HeadDim, decoder.Epsilon),
            });
    }
}
