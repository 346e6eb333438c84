// Command R7B: as Command R, but most layers have a window and rotation, and full layers have no positions.
namespace Majlis.Model.Families;

static class Cohere2
{
    public static Blueprint Read(ConfigFields config)
    {
        config.Ignore("layer_switch", "order_of_interleaved_layers", "position_embedding_type", "rotary_pct", "use_embedding_sharing",
            "use_gated_activation", "use_parallel_block", "use_parallel_embedding", "use_qk_norm");
        var decoder = Cohere.ReadSizes(config);
        var rotary = RotaryFields.Read(config, decoder.HeadDim, 10000, RotaryStyle.Neighbours);
        var window = LayerKinds.Window(config, 4096);
        var slides = LayerKinds.Read(config, decoder.LayerCount, LayerKinds.EveryNthIsFull(config, 4));
        return Cohere.Build(config, decoder,
            layer => Cohere.Layer(decoder, layer, slides[layer] ? rotary : null, LayerKinds.Of(slides[layer], window)));
    }
}
