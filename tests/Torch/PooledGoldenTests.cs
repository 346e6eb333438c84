// Reward heads and sentence encoders against transformers, through the plain transformer and the serving network.
using Majlis.Model;
using Majlis.Torch;
using Xunit;
using static Majlis.tests.Torch.ArchitectureCase;
using static TorchSharp.torch;

namespace Majlis.tests.Torch;

[Trait("Golden", "Architectures")]
public sealed class PooledGoldenTests
{
    public static TheoryData<string> Rewards => Having(found => found.Has("scores"));

    public static TheoryData<string> Encoders => Having(found => found.HasTensor("mean_pooled"));

    [Theory, MemberData(nameof(Rewards))]
    public void Scores_alone_padded_and_ending_in_the_pad_id(string name)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var golden = new ArchitectureCase(name);
        var (blueprint, weights) = golden.Open();
        using var owner = weights;
        using var network = new Transformer(blueprint, weights);
        var expected = golden.Expected("scores").squeeze(-1);
        golden.Report("scores", golden.Prompts.Select((prompt, i) => Distance(network.Scores(Ids(prompt))[0], expected[i])).Max(), 2e-5);
        foreach (var side in (string[])["right", "left"])
        {
            var batch = golden.Golden.GetProperty("batch").GetProperty(side);
            var scores = network.Scores(Ids(Numbers(batch.GetProperty("input_ids"))), Ids(Numbers(batch.GetProperty("attention_mask"))));
            golden.Report($"scores padded {side}", Distance(scores, expected), 2e-5);
        }
        var ending = golden.Golden.GetProperty("ends_with_pad_id");
        var ids = ending.GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
        var found = network.Scores(Ids(ids)).Number();
        golden.Report("score of a text ending in the pad id", Math.Abs(found - ending.GetProperty("score").GetDouble()), 2e-5);
    }

    [Theory, MemberData(nameof(Rewards))]
    public void Pair_loss_and_its_gradients(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = new ArchitectureCase(name);
        var (blueprint, weights) = golden.Open();
        using var owner = weights;
        using var network = new Transformer(blueprint, weights);
        foreach (var weight in network.Weights.Values) weight.requires_grad_(true);
        var batch = golden.Golden.GetProperty("batch").GetProperty("right");
        var scores = network.Scores(Ids(Numbers(batch.GetProperty("input_ids"))), Ids(Numbers(batch.GetProperty("attention_mask"))));
        var pairs = golden.Golden.GetProperty("pair_loss");
        var loss = -nn.functional.logsigmoid(Picked("chosen") - Picked("rejected")).mean();
        var expected = pairs.GetProperty("value").GetDouble();
        golden.Report("pair loss", Math.Abs(loss.Number() - expected) / expected, 2e-5);
        loss.backward();
        golden.Report("gradients, relative", ArchitectureGoldenTests.WorstGradient(golden, network), 1e-4);

        Tensor Picked(string side) =>
            scores.index_select(0, tensor(pairs.GetProperty(side).EnumerateArray().Select(row => row.GetInt64()).ToArray()));
    }

    [Theory, MemberData(nameof(Rewards))]
    public void Served_scores(string name)
    {
        using var golden = new ArchitectureCase(name);
        var (blueprint, weights) = golden.Open();
        using var owner = weights;
        using var network = new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32, BlockSize = 4 });
        var paged = new Paged(network, blocks: 128);
        using var result = paged.Step(LogitRows.None, Pooling.Score, [.. golden.Prompts.Select(prompt => (paged.Begin(), prompt, -1))]);
        var expected = golden.Golden.GetProperty("scores").EnumerateArray().Select(score => score.GetDouble());
        golden.Report("scores, served", expected.Select((score, i) => Math.Abs(result.ReadPooled(i)[0] - score)).Max(), 2e-5);
    }

    [Theory, MemberData(nameof(Encoders))]
    public void Sentence_states_and_embeddings(string name)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var golden = new ArchitectureCase(name);
        foreach (var config in (string[])["config.json", "config.v4.json"])
        {
            var (blueprint, weights) = golden.Open(config);
            using var owner = weights;
            using var network = new Transformer(blueprint, weights);
            var types = Numbers(golden.Golden.GetProperty("token_type_ids"));
            var (states, vectors) = (0.0, 0.0);
            for (var i = 0; i < golden.Prompts.Length; i++)
            {
                var (ids, kinds) = (Ids(golden.Prompts[i]), Ids(types[i]));
                states = Math.Max(states, Distance(network.States(ids, null, kinds)[0], golden.Expected($"last_hidden_state.{i}")));
                var mean = network.MeanPooled(ids, null, kinds)[0];
                vectors = Math.Max(vectors,
                    Math.Max(Distance(Unit(mean), golden.Expected("embedding")[i]), Distance(mean, golden.Expected("mean_pooled")[i])));
            }
            var suffix = config == "config.json" ? "" : " (v4 config)";
            golden.Report($"last hidden state{suffix}", states, 1e-5);
            golden.Report($"embeddings{suffix}", vectors, 1e-6);
        }
    }

    [Theory, MemberData(nameof(Encoders))]
    public void Hidden_states_and_a_padded_batch_of_an_encoder(string name)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var golden = new ArchitectureCase(name);
        var (blueprint, weights) = golden.Open();
        using var owner = weights;
        using var network = new Transformer(blueprint, weights);
        var taps = new List<Tensor>();
        network.States(Ids(golden.Prompts[2]), null, Ids(Numbers(golden.Golden.GetProperty("token_type_ids"))[2]), taps);
        var worst = Distance(taps[0][0], golden.Expected("hidden.embed"));
        for (var layer = 0; layer < blueprint.Layers.Length; layer++) worst =
            Math.Max(worst, Distance(taps[layer + 1][0], golden.Expected($"hidden.layer.{layer}")));
        golden.Report("hidden states", worst, 1e-5);
        var batch = golden.Golden.GetProperty("batch");
        var pooled = network.MeanPooled(Ids(Numbers(batch.GetProperty("input_ids"))), Ids(Numbers(batch.GetProperty("attention_mask"))),
            Ids(Numbers(batch.GetProperty("token_type_ids"))));
        golden.Report("embeddings, padded batch", Distance(Unit(pooled), golden.Expected("embedding")), 1e-6);
    }

    [Theory, MemberData(nameof(Encoders))]
    public void Served_embeddings_of_the_first_token_type(string name)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var golden = new ArchitectureCase(name);
        var (blueprint, weights) = golden.Open();
        using var owner = weights;
        using var network = new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32 });
        using var plain = new Transformer(blueprint, weights);
        var paged = new Paged(network);
        using var result = paged.Step(LogitRows.None, Pooling.Mean, [.. golden.Prompts.Select(prompt => (paged.Begin(), prompt, -1))]);
        var worst = golden.Prompts.Select((prompt, i) => Distance(tensor(result.ReadPooled(i)), plain.MeanPooled(Ids(prompt))[0])).Max();
        golden.Report("embeddings, served", worst, 1e-6);
    }

    static Tensor Unit(Tensor x) => x / x.Squared().sum(-1, keepdim: true).sqrt();
}
