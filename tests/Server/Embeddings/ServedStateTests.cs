// Vectors of the served model: the mean of its final states as the plain network computes them, whatever else the engine does.
using System.Text.Json.Nodes;
using Majlis.Cpu;
using Majlis.Cpu.Weights;
using Majlis.Inference;
using Majlis.Model;
using Majlis.tests.Torch;
using Majlis.Torch;
using Xunit;
using static TorchSharp.torch;

namespace Majlis.tests.Server.Embeddings;

public sealed class ServedStateTests
{
    [Theory]
    [InlineData("torch")]
    [InlineData("cpu")]
    public async Task The_served_models_vector_is_the_mean_of_its_states_however_its_prompt_is_cut(string backend)
    {
        var blueprint = Torch.TinyModel.Blueprint("llama", ("vocab_size", 258), ("max_position_embeddings", 2048));
        using var weights = Torch.TinyModel.Weights(blueprint, seed: 3);
        var options = new EngineOptions { MaxBatchTokens = 40, MaxSequences = 8 };
        INetwork network = backend == "cpu"
            ? new CpuNetwork(blueprint, weights, new CpuOptions { Weights = WeightPrecision.Float32, Threads = 1 })
            : new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.Float32 });
        await using var server = await RunningServer.StartAsync(new LoadedModel(network, 2048, options)
        {
            Version = "tiny",
            WeightsHash = TinyModel.Hash,
            Tokenizer = TinyText.Tokenizer,
            Defaults = new GenerationDefaults([257], null),
        }, parts: parts => parts with { Engine = options });
        string[] texts = ["a", "hello there", new string('x', 300), string.Concat(Enumerable.Repeat("many words ", 40)), "hello there"];
        var reply = await RunningServer.JsonAsync(await server.PostAsync("/v1/embeddings", new JsonObject
        {
            ["model"] = "current",
            ["input"] = new JsonArray([.. texts.Select(text => (JsonNode)text)]),
        }.ToJsonString()));
        Assert.Equal("tiny", (string)reply["model"]!);
        var found = EmbeddingServer.Vectors(reply);
        using var plain = new Transformer(blueprint, weights);
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        for (var i = 0; i < texts.Length; i++)
        {
            var mean = plain.MeanPooled(ArchitectureCase.Ids(TinyText.Tokenizer.Encode(texts[i], addSpecialTokens: false)))[0];
            Assert.InRange(ArchitectureCase.Distance(tensor(found[i]), mean / mean.Squared().sum().sqrt()), 0, 2e-5);
        }
    }
}
