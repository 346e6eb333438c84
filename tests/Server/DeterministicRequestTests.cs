// `"deterministic": true` over HTTP: the same seed gives the same text and log-probabilities whatever else runs, in bf16.
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Text.Chat;
using Majlis.Torch;
using Xunit;
using Networks = Majlis.tests.Torch.TinyModel;

namespace Majlis.tests.Server;

public sealed class DeterministicRequestTests
{
    [Fact]
    public async Task The_answer_beside_others_is_the_answer_alone()
    {
        var blueprint = Networks.Blueprint("llama", ("vocab_size", TinyText.Tokenizer.VocabularySize));
        var weights = Networks.Weights(blueprint, seed: 3);
        var network = new TorchNetwork(blueprint, weights, new TorchOptions { DType = ComputeType.BFloat16 });
        await using var server = await RunningServer.StartAsync(new LoadedModel(network, 512, new())
        {
            Version = "random",
            WeightsHash = "random",
            Tokenizer = TinyText.Tokenizer,
            ChatTemplate = ChatTemplate.Parse(TinyText.Template, new SpecialTokens()),
            Defaults = new GenerationDefaults([RecitingNetwork.ImEnd], null),
        });
        var alone = await AnswerAsync(server, deterministic: true, seed: 7);
        var crowd = Enumerable.Range(0, 5).Select(seed => AnswerAsync(server, seed % 2 == 0, seed)).ToList();
        var beside = await AnswerAsync(server, deterministic: true, seed: 7);
        await Task.WhenAll(crowd);
        Assert.True(JsonNode.DeepEquals(alone, beside), $"{alone}\n{beside}");
    }

    static async Task<JsonNode> AnswerAsync(RunningServer server, bool deterministic, int seed)
    {
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(new()
        {
            ["deterministic"] = deterministic,
            ["seed"] = seed,
            ["temperature"] = 1.2,
            ["max_tokens"] = 40,
            ["ignore_eos"] = true,
            ["logprobs"] = true,
            ["return_token_ids"] = true,
        }));
        return reply["choices"]![0]!;
    }
}
