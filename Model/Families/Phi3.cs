// Phi-3: llama with q, k, v in one tensor and gate, up in another; a part of each head may have no rotation.
namespace Majlis.Model.Families;

static class Phi3
{
    public static Blueprint Read(ConfigFields config)
    {
        config.Only("hidden_act", "silu");
        config.WhenAbsent("max_position_embeddings", 4096);
        config.WhenAbsent("pad_token_id", 32000);
        var decoder = Decoder.Read(config, keyValueHeads: null, headDim: null, "rms_norm_eps", 1e-5);
        config.Only("attention_bias", "false");
        config.Only("mlp_bias", "false");
        config.Only("lm_head_bias", "false");
        config.Only("full_attn_mod", "1");
        config.Only("interpolate_factor", "1");
        config.WhenAbsent("original_max_position_embeddings", 4096);
        config.IntOrNull("original_max_position_embeddings");
        var rotary = RotaryFields.Read(config, decoder.HeadDim, 10000);
        var window = LayerKinds.Window(config, null);
        return decoder.Build(config, decoder.Layers(Layer), tiedWhenAbsent: false);

        LayerBlueprint Layer(int layer)
        {
            var plain = decoder.Layer(layer, rotary, window);
            var (query, pair) = (plain.Attention.Query.Outputs, plain.Attention.Key.Outputs);
            return plain with
            {
                Attention = plain.Attention with
                {
                    Query = Slice(layer, "self_attn.qkv_proj", 0, query, query + 2 * pair),
                    Key = Slice(layer, "self_attn.qkv_proj", query, pair, query + 2 * pair),
                    Value = Slice(layer, "self_attn.qkv_proj", query + pair, pair, query + 2 * pair),
                },
                Mlp = plain.Mlp with
                {
                    Gate = Slice(layer, "mlp.gate_up_proj", 0, decoder.Inner, 2 * decoder.Inner),
                    Up = Slice(layer, "mlp.gate_up_proj", decoder.Inner, decoder.Inner, 2 * decoder.Inner),
                },
            };
        }

        Projection Slice(int layer, string name, int first, int rows, int all) =>
            Decoder.Project(layer, name, decoder.Hidden, rows, false) with { FirstRow = first, TensorRows = all };
    }
}
