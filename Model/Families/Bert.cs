// BERT as a sentence encoder (such as MiniLM): absolute positions, LayerNorm after each addition, no head.
using Majlis.Text;

namespace Majlis.Model.Families;

static class Bert
{
    public static Blueprint Read(ConfigFields config)
    {
        config.Only("position_embedding_type", "absolute");
        config.Only("is_decoder", "false");
        // The shape of the pooler in Google's own files, which is not used here.
        config.Ignore("tie_word_embeddings", "directionality", "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers",
            "pooler_size_per_head", "pooler_type");
        config.WhenAbsent("max_position_embeddings", 512);
        config.WhenAbsent("pad_token_id", 0);
        var (hidden, heads) = (config.Size("hidden_size"), config.Size("num_attention_heads"));
        if (hidden % heads != 0)
            throw new ModelFormatException($"config: 'num_attention_heads' {heads} does not divide 'hidden_size' {hidden}.");
        var (inner, epsilon) = (config.Size("intermediate_size"), (float)config.Double("layer_norm_eps", 1e-12));
        var activation = ReadActivation(config);
        return new Blueprint
        {
            Family = "",
            HeadKind = HeadKind.None,
            VocabularySize = config.Size("vocab_size"),
            HiddenSize = hidden,
            MaxPositions = config.Size("max_position_embeddings"),
            Embedding = "embeddings.word_embeddings.weight",
            PositionEmbedding = "embeddings.position_embeddings.weight",
            TokenTypeEmbedding = "embeddings.token_type_embeddings.weight",
            TokenTypes = config.Size("type_vocab_size", 2),
            EmbeddingNorm = Norm("embeddings.LayerNorm"),
            Layers = [.. Enumerable.Range(0, config.Layers()).Select(Layer)],
        };

        LayerBlueprint Layer(int layer)
        {
            var name = $"encoder.layer.{layer}";
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
