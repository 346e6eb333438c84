// An adapter on the packed network against the same adapter on the plain one: log-probabilities and the gradients of all that is trained,
// with recomputed layers and without.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Model.Adapters;
using Majlis.Model.Families;
using Majlis.Torch;
using Majlis.Torch.Packed;
using Majlis.Trainer.Sequences;
using Majlis.Trainer.Stages;
using Xunit;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

public sealed class PackedAdapterTests
{
    const string Config = """
        {"model_type": "qwen3", "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2,
         "head_dim": 8, "intermediate_size": 40, "vocab_size": 96, "max_position_embeddings": 128, "rms_norm_eps": 1e-6,
         "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": false}
        """;

    [Theory]
    [InlineData("all-linear", "", false), InlineData("all-linear", "", true), InlineData("q_proj,down_proj", "", false)]
    [InlineData("v_proj,lm_head", "", false), InlineData("o_proj", "lm_head", false), InlineData("up_proj,embed_tokens", "norm", true)]
    public void Scores_and_gradients_are_the_plain_networks(string targets, string saved, bool recomputes)
    {
        using var scope = NewDisposeScope();
        using var json = JsonDocument.Parse(Config);
        var blueprint = Families.Read(json.RootElement);
        var weights = RandomWeights.Create(blueprint, 0.2, 3).ToDictionary(weight => weight.Name, weight => weight.Value);
        var settings = new LoraSettings { Rank = 4, Targets = targets.Split(','), ModulesToSave = saved == "" ? [] : [saved] };
        using var config = JsonDocument.Parse(settings.ToJson("base", "CAUSAL_LM").ToJsonString());
        using var adapter = LoraAdapter.Create(blueprint, AdapterConfig.Read(config.RootElement, "config"), 9, weights);
        using var seeded = new Generator(11);
        using (no_grad())
            foreach (var parameter in adapter.Parameters) parameter.normal_(0, 0.3, seeded);
        using var plain = new Transformer(blueprint, new MemoryWeights(weights.ToDictionary(weight => weight.Key,
            weight => (weight.Value.shape.ToImmutableArray(), weight.Value.data<float>().ToArray()))));
        var packed = new PackedTransformer(blueprint, weights, ScalarType.Float32) { Recomputes = recomputes };
        packed.Attach(adapter);
        var random = new Random(5);
        int[] Draw(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(96))];
        var rows = Enumerable.Range(0, 4).Select(row => new TokenRow($"{row}", Draw(5 + row), Draw(9 - row))).ToArray();
        using var batch = SequenceBatch.Of(rows, pad: 0);

        var expected = Gradients(TorchPolicy.WithAdapter(plain, adapter, "fp32"), batch);
        var actual = Gradients(PackedPolicy.Of(packed, [.. adapter.NamedParameters]), batch);
        Assert.Equal(expected.Keys, actual.Keys);
        foreach (var (name, value) in expected)
        {
            var (distance, length) = ((value - actual[name]).norm().item<float>(), value.norm().item<float>());
            Assert.True(distance <= 1e-4 * Math.Max(1e-2, length), $"{name}: {distance} of {length}");
        }
        foreach (var value in weights.Values) value.Dispose();
    }

    /// <summary>The log-probabilities, and the gradients of a weighted sum of them.</summary>
    static Dictionary<string, Tensor> Gradients(Policy policy, SequenceBatch batch)
    {
        var logs = policy.Scores(batch).LogProbabilities;
        (logs * tensor(Enumerable.Range(0, (int)logs.shape[0]).Select(token => token % 3 - 0.7f).ToArray())).sum().backward();
        var found = new Dictionary<string, Tensor> { ["scores"] = logs.detach() };
        foreach (var (name, value) in policy.Parameters)
        {
            found[name] = value.grad!.clone();
            value.grad!.zero_();
        }
        return found;
    }
}
