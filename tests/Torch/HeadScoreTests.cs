// The head's scores of tokens, made in parts and without keeping logits, against the library's log-softmax of all logits: values and all
// gradients, of frozen heads and trained ones.
using System.Text.Json;
using Majlis.Model.Families;
using Majlis.Torch;
using Majlis.Torch.Packed;
using Xunit;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

public sealed class HeadScoreTests
{
    const int Rows = 300;

    /// <summary>The head is larger than one part takes at a time.</summary>
    const string Many = """
        {"model_type": "llama", "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1,
         "intermediate_size": 24, "vocab_size": 70001, "max_position_embeddings": 512, "rms_norm_eps": 1e-5, "hidden_act": "silu",
         "tie_word_embeddings": false}
        """;

    const string Scaled = """
        {"model_type": "cohere2", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
         "head_dim": 8, "intermediate_size": 48, "vocab_size": 96, "max_position_embeddings": 512, "sliding_window": 5,
         "sliding_window_pattern": 2, "layer_norm_eps": 1e-5, "logit_scale": 0.5, "rope_theta": 10000.0, "hidden_act": "silu"}
        """;

    const string Capped = """
        {"model_type": "gemma2", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
         "head_dim": 8, "intermediate_size": 48, "vocab_size": 97, "max_position_embeddings": 512, "rms_norm_eps": 1e-6,
         "sliding_window": 5, "query_pre_attn_scalar": 8, "attn_logit_softcapping": 20.0, "final_logit_softcapping": 3.0,
         "hidden_activation": "gelu_pytorch_tanh"}
        """;

    [Theory]
    [InlineData(Many, true), InlineData(Many, false), InlineData(Scaled, true), InlineData(Scaled, false), InlineData(Capped, true)]
    [InlineData(Capped, false)]
    public void Scores_and_gradients_are_those_of_all_logits(string config, bool trainsHead)
    {
        using var scope = NewDisposeScope();
        using var json = JsonDocument.Parse(config);
        var blueprint = Families.Read(json.RootElement);
        var weights = RandomWeights.Create(blueprint, 0.3, 3).ToDictionary(weight => weight.Name, weight => weight.Value);
        foreach (var (name, value) in weights) value.requires_grad_(trainsHead || name != blueprint.Head!.Weight);
        var network = new PackedTransformer(blueprint, weights, ScalarType.Float32);
        var random = new Random(5);
        int[] tokens = [.. Enumerable.Range(0, Rows + 1).Select(_ => random.Next(blueprint.VocabularySize))];
        int[] rows = [.. Enumerable.Range(0, Rows)], labels = tokens[1..];
        var shares = tensor(rows.Select(row => row % 3 - 0.7f).ToArray());
        using var batch = new PackedBatch([tokens]);

        var scores = HeadScores.Of(network, network.States(batch), rows, labels);
        (scores.LogProbabilities * shares).sum().backward();
        var gradients = Take(weights);
        var logits = network.Logits(network.States(batch).narrow(0, 0, Rows));
        var logs = nn.functional.log_softmax(logits, 1);
        var wanted = logs.gather(1, tensor(labels.Select(id => (long)id).ToArray()).unsqueeze(1)).squeeze(1);
        (wanted * shares).sum().backward();

        Close(wanted, scores.LogProbabilities);
        Close(-(logs.exp() * logs).sum(1), scores.Entropy);
        Close(logits.mean([1]), scores.MeanLogit);
        Close(logits.argmax(1).eq(tensor(labels.Select(id => (long)id).ToArray())).to_type(ScalarType.Float32), scores.IsTop);
        Close(logs.Times(2).logsumexp(1), scores.Collision);
        foreach (var (name, gradient) in Take(weights)) Close(gradient, gradients[name], name);
        foreach (var value in weights.Values) value.Dispose();
    }

    [Fact]
    public void Nothing_is_kept_for_a_gradient_that_nobody_asked_for()
    {
        using var scope = NewDisposeScope();
        using var json = JsonDocument.Parse(Scaled);
        var blueprint = Families.Read(json.RootElement);
        var weights = RandomWeights.Create(blueprint, 0.3, 3).ToDictionary(weight => weight.Name, weight => weight.Value);
        var network = new PackedTransformer(blueprint, weights, ScalarType.Float32);
        using var batch = new PackedBatch([[5, 6, 7]]);
        Assert.False(HeadScores.Of(network, network.States(batch), [0, 1], [6, 7]).LogProbabilities.requires_grad);
        foreach (var value in weights.Values) value.Dispose();
    }

    static Dictionary<string, Tensor> Take(Dictionary<string, Tensor> weights)
    {
        var taken = weights.Where(weight => weight.Value.grad is not null)
            .ToDictionary(weight => weight.Key, weight => weight.Value.grad!.clone());
        foreach (var weight in weights.Values) weight.grad?.zero_();
        return taken;
    }

    static void Close(Tensor expected, Tensor actual, string what = "")
    {
        Assert.Equal(expected.shape, actual.shape);
        var (distance, length) = ((expected - actual).norm().item<float>(), expected.norm().item<float>());
        Assert.True(distance <= 1e-4 * Math.Max(1e-2, length), $"{what}: {distance} of {length}");
    }
}
