// Vectors of the served model: the mean of its final states as the plain network computes them, whatever else the engine does.
using System.Text.Json.Nodes;
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
        await using var server = await ServedModel.StartAsync(backend);
        string[] texts = ["a", "hello there", new string('x', 300), string.Concat(Enumerable.Repeat("many words ", 40)), "hello there"];
        var reply = await RunningServer.JsonAsync(await server.PostAsync("/v1/embeddings", new JsonObject
        {
            ["model"] = "current",
            ["input"] = new JsonArray([.. texts.Select(text => (JsonNode)text)]),
        }.ToJsonString()));
        Assert.Equal("tiny", (string)reply["model"]!);
        var found = EmbeddingServer.Vectors(reply);
        using var weights = ServedModel.Weights();
        using var plain = new Transformer(ServedModel.Blueprint, weights);
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        for (var i = 0; i < texts.Length; i++)
        {
            var mean = plain.MeanPooled(ArchitectureCase.Ids(TinyText.Tokenizer.Encode(texts[i], addSpecialTokens: false)))[0];
            Assert.InRange(ArchitectureCase.Distance(tensor(found[i]), mean / mean.Squared().sum().sqrt()), 0, 2e-5);
        }
    }
}
