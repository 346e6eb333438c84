// BERT (MiniLM, e5, bge, AraBERT) and RoBERTa (XLM-R, multilingual e5, bge-m3) as encoders: absolute positions, LayerNorm after each
// addition. EncoderHeads adds what stands on top.
using Majlis.Text;

namespace Majlis.Model.Families;

static class Bert
{
    const int RobertaPad = 1;

    public static Blueprint Read(ConfigFields config) => Read(config, EncoderHeads.Prefix(config, "bert."), offset: 0);

    /// <summary>Positions are counted from behind the padding's id.</summary>
    public static Blueprint ReadRoberta(ConfigFields config)
    {
        config.WhenAbsent("pad_token_id", RobertaPad);
        config.Ignore("output_past");
        return Read(config, EncoderHeads.Prefix(config, "roberta."), config.Int("pad_token_id") + 1);
    }

    static Blueprint Read(ConfigFields config, string prefix, int offset)
    {
        config.Only("position_embedding_type", "absolute");
        config.Only("is_decoder", "false");
        // The shape of the pooler in Google's own files, which is not used here.
        config.Ignore("tie_word_embeddings", "directionality", "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers",
            "pooler_size_per_head", "pooler_type", "sentence_transformers", "sbert_ce_default_activation_function");
        config.WhenAbsent("max_position_embeddings", 512);
        config.WhenAbsent("pad_token_id", 0);
        var (hidden, heads) = (config.Size("hidden_size"), config.Size("num_attention_heads"));
        if (hidden % heads != 0)
            throw new ModelFormatException($"config: 'num_attention_heads' {heads} does not divide 'hidden_size' {hidden}.");
        var (inner, epsilon) = (config.Size("intermediate_size"), (float)config.Double("layer_norm_eps", 1e-12));
        var activation = ReadActivation(config);
        var positions = config.Size("max_position_embeddings") - offset;
        if (positions < 1) throw new ModelFormatException($"config: 'max_position_embeddings' leaves no position behind {offset} rows.");
        return new Blueprint
        {
            Family = "",
            HeadKind = HeadKind.None,
            VocabularySize = config.Size("vocab_size"),
            HiddenSize = hidden,
            MaxPositions = positions,
            Embedding = prefix + "embeddings.word_embeddings.weight",
            PositionEmbedding = prefix + "embeddings.position_embeddings.weight",
            PositionOffset = offset,
            TokenTypeEmbedding = prefix + "embeddings.token_type_embeddings.weight",
            TokenTypes = config.Size("type_vocab_size", 2),
            EmbeddingNorm = Norm(prefix + "embeddings.LayerNorm"),
            Layers = [.. Enumerable.Range(0, config.Layers()).Select(Layer)],
        };

        LayerBlueprint Layer(int layer)
        {
            var name = $"{prefix}encoder.layer.{layer}";
            return new LayerBlueprint
            {
                Residual = Residual.NormAfterAdd,
                Attention = new AttentionBlueprint
                {
                    Heads = heads,
                    KeyValueHeads = heads,
                    HeadDim = hidden / heads,
                    Query = new Projection($"{name}.attention.self.query", hidden, hidden, true),
                    Key = new Projection($"{name}.attention.self.key", hidden, hidden, true),
                    Value = new Projection($"{name}.attention.self.value", hidden, hidden, true),
                    Output = new Projection($"{name}.attention.output.dense", hidden, hidden, true),
                    Scale = (float)Math.Pow((double)hidden / heads, -0.5),
                    IsCausal = false,
                },
                AfterAttention = Norm($"{name}.attention.output.LayerNorm"),
                Mlp = new MlpBlueprint(null, new Projection($"{name}.intermediate.dense", hidden, inner, true),
                    new Projection($"{name}.output.dense", inner, hidden, true), activation),
                AfterMlp = Norm($"{name}.output.LayerNorm"),
            };
        }

        NormBlueprint Norm(string module) => new(NormKind.Layer, module, hidden, epsilon) { HasBias = true };
    }

    static Activation ReadActivation(ConfigFields config) => config.Text("hidden_act") switch
    {
        null or "gelu" => Activation.GeluErf,
        "gelu_new" or "gelu_pytorch_tanh" => Activation.GeluTanh,
        "relu" => Activation.Relu,
        "silu" or "swish" => Activation.Silu,
        var other => throw new ModelFormatException($"config: 'hidden_act' is '{other}', expected gelu, gelu_new, relu or silu."),
    };
}
