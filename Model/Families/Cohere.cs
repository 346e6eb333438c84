// Command R: one LayerNorm without bias feeds attention and MLP in parallel; neighbouring elements rotate together; logits are scaled.
namespace Majlis.Model.Families;

static class Cohere
{
    public static Blueprint Read(ConfigFields config)
    {
        var decoder = ReadSizes(config);
        var normed = config.Bool("use_qk_norm", false);
        // transformers 5 changed rope_theta's default from 10000 to 500000; a file without the field is older than that.
        var rotary = RotaryFields.Read(config, decoder.HeadDim, config.Has("rope_parameters") ? 500000 : 10000, RotaryStyle.Neighbours);
        var network = Build(config, decoder, layer => Layer(decoder, layer, rotary, null, normed));
        // Command R+ states its context here; its max_position_embeddings is only the trained length and changes no rotation.
        return network with { MaxPositions = Math.Max(network.MaxPositions, config.Size("model_max_length", 1)) };
    }

    public static Decoder ReadSizes(ConfigFields config)
    {
        config.Only("hidden_act", "silu");
        config.WhenAbsent("max_position_embeddings", 8192);
        config.WhenAbsent("pad_token_id", 0);
        var decoder = Decoder.Read(config, keyValueHeads: null, headDim: null, "layer_norm_eps", 1e-5);
        var bias = config.Bool("attention_bias", false);
        return decoder with { QueryKeyValueBias = bias, OutputBias = bias };
    }

    public static LayerBlueprint Layer(Decoder decoder, int layer, Rotary? rotary, int? window, bool normed = false)
    {
        var attention = decoder.Attention(layer, rotary, window);
        return new LayerBlueprint
        {
            Residual = Residual.Parallel,
            BeforeAttention = Norm($"model.layers.{layer}.input_layernorm", decoder.Hidden),
            Attention = !normed ? attention : attention with
            {
                QueryNorm = Norm($"model.layers.{layer}.self_attn.q_norm", decoder.HeadDim) with { Rows = decoder.Heads },
                KeyNorm = Norm($"model.layers.{layer}.self_attn.k_norm", decoder.HeadDim) with { Rows = decoder.KeyValueHeads },
            },
            Mlp = decoder.Mlp(layer),
        };

        NormBlueprint Norm(string module, int width) => new(NormKind.Layer, module, width, decoder.Epsilon);
    }

    public static Blueprint Build(ConfigFields config, Decoder decoder, Func<int, LayerBlueprint> layer) =>
        decoder.Build(config, decoder.Layers(layer), tiedWhenAbsent: true) with
        {
            FinalNorm = new NormBlueprint(NormKind.Layer, "model.norm", decoder.Hidden, decoder.Epsilon),
            LogitScale = (float)config.Double("logit_scale", 0.0625),
        };
}
