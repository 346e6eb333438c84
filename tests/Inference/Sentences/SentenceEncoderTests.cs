// The encoder: texts of several clients share its steps, equal to the plain network; cancelling, priorities, failures, the end.
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Inference.Sentences;
using Majlis.Model;
using Majlis.Model.Sentences;
using Majlis.tests.Torch;
using Majlis.Torch;
using Xunit;
using static TorchSharp.torch;

namespace Majlis.tests.Inference.Sentences;

public sealed class SentenceEncoderTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("bert", Pooling.Mean)]
    [InlineData("xlm-roberta", Pooling.First)]
    [InlineData("qwen3", Pooling.Last)]
    public async Task Vectors_are_those_of_the_plain_network(string family, Pooling pooling)
    {
        var blueprint = family == "qwen3" ? Torch.TinyModel.Blueprint(family)
            : Torch.TinyModel.Blueprint(family, ("architectures", new JsonArray("XModel")), ("num_key_value_heads", null),
                ("head_dim", null));
        using var weights = Torch.TinyModel.Weights(blueprint, seed: 5);
        await using var encoder = new SentenceEncoder(Model(new TorchNetwork(blueprint, weights,
            new TorchOptions { DType = ComputeType.Float32, BlockSize = 4 }), pooling), stepTokens: 24);
        var random = new Random(1);
        int[][] texts = [.. Enumerable.Range(0, 20).Select(i => Enumerable.Range(0, 1 + i * 2).Select(_ => random.Next(3, 96)).ToArray())];
        var found = await encoder.EncodeAsync(texts, 0, cancellation: Stop);
        using var plain = new Transformer(blueprint, weights);
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        for (var i = 0; i < texts.Length; i++)
        {
            var states = plain.States(ArchitectureCase.Ids(texts[i]))[0];
            var expected = pooling switch
            {
                Pooling.Mean => states.mean([0]),
                Pooling.First => states[0],
                _ => states[texts[i].Length - 1],
            };
            Assert.InRange(ArchitectureCase.Distance(tensor(found[i]), expected), 0, 2e-5);
        }
    }

    [Fact]
    public async Task Urgent_texts_go_first_and_a_large_request_leaves_turns_to_others()
    {
        var network = new SteppedNetwork();
        await using var encoder = new SentenceEncoder(Model(network, Pooling.Mean), stepTokens: 4);
        var held = encoder.EncodeAsync([[9]], 0, cancellation: Stop);
        await network.Entered.Task.WaitAsync(Stop);
        var bulk = encoder.EncodeAsync([.. Enumerable.Repeat<int[]>([1, 1], 40)], 0, cancellation: Stop);
        var patient = encoder.EncodeAsync([[2]], 5, cancellation: Stop);
        var second = encoder.EncodeAsync([[3, 3]], 0, cancellation: Stop);
        network.Go.Set();
        await Task.WhenAll(held, bulk, patient, second);
        var order = network.Read.ToArray();
        // 32 texts of the large request, the other client's, the rest, and the patient one last.
        Assert.Equal(1 + 32 * 2, Array.IndexOf(order, 3));
        Assert.Equal(order.Length - 1, Array.IndexOf(order, 2));
    }

    [Fact]
    public async Task A_cancelled_request_is_left_out_and_too_many_waiting_tokens_are_busy()
    {
        var network = new SteppedNetwork();
        await using var encoder = new SentenceEncoder(Model(network, Pooling.Mean), stepTokens: 4, mostWaiting: 6);
        var held = encoder.EncodeAsync([[9]], 0, cancellation: Stop);
        await network.Entered.Task.WaitAsync(Stop);
        using var leaves = new CancellationTokenSource();
        var gone = encoder.EncodeAsync([[5, 5, 5]], 0, cancellation: leaves.Token);
        await Assert.ThrowsAsync<EngineBusyException>(() => encoder.EncodeAsync([[6, 6, 6, 6]], 0, cancellation: Stop));
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        network.Go.Set();
        await held;
        await encoder.EncodeAsync([[7]], 0, cancellation: Stop);
        Assert.Equal([9, 7], network.Read);
    }

    [Fact]
    public async Task A_failed_step_fails_its_requests_alone_and_the_end_frees_the_network()
    {
        var network = new SteppedNetwork();
        network.Go.Set();
        var encoder = new SentenceEncoder(Model(network, Pooling.Mean));
        await Assert.ThrowsAsync<GenerationFailedException>(() => encoder.EncodeAsync([[SteppedNetwork.Broken]], 0, cancellation: Stop));
        var vectors = await encoder.EncodeAsync([[4]], 0, cancellation: Stop);
        Assert.Equal(4f, Assert.Single(vectors[0]));
        await encoder.DisposeAsync();
        Assert.True(network.IsDisposed);
        await Assert.ThrowsAsync<EngineStoppedException>(() => encoder.EncodeAsync([[4]], 0, cancellation: Stop));
    }

    static SentenceModel Model(INetwork network, Pooling pooling) =>
        new(network, new SentenceConfig { Pooling = pooling, MaxTokens = 64, Size = network.Blueprint.HiddenSize })
        {
            Name = "tiny",
            WeightsHash = "none",
        };
}
