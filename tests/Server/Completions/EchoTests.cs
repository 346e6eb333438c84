// Prompts echoed with their log-probabilities as lm_eval's local-completions ask for them: aligned with the ids that were sent, and one
// generated token after them.
using System.Text.Json.Nodes;
using Majlis.Inference;
using Xunit;

namespace Majlis.tests.Server.Completions;

public sealed class EchoTests(ChatServer shared) : IClassFixture<ChatServer>
{
    readonly RunningServer server = shared.Running;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Prompt_ids_are_scored_as_by_one_plain_pass(int rivals)
    {
        int[][] prompts = [[.. "Hello, it is"u8], [.. "Hello, is it"u8], [.. "Hello, it is a fine day."u8]];
        foreach (var generated in new[] { 0, 1 })
        {
            var body = new JsonObject
            {
                ["model"] = "tiny",
                ["prompt"] = new JsonArray([.. prompts.Select(ids => new JsonArray([.. ids.Select(id => (JsonNode)id)]))]),
                ["temperature"] = 0,
                ["max_tokens"] = generated,
                ["logprobs"] = rivals,
                ["seed"] = 1234,
                ["echo"] = true,
            };
            var reply = await RunningServer.JsonAsync(await server.PostAsync("/v1/completions", body.ToJsonString()));
            for (var i = 0; i < prompts.Length; i++) Check(reply["choices"]![i]!, prompts[i], generated, rivals);
        }
    }

    // The third prompt is recited to its end: the token that ends it is the one generated, and must be there for the client to drop.
    static void Check(JsonNode choice, int[] prompt, int generated, int rivals)
    {
        using var network = new RecitingNetwork(ChatServer.Text);
        var expected = TokenScorer.LogProbabilities(network, prompt.AsSpan(0, 1), prompt.AsSpan(1));
        var logprobs = choice["logprobs"]!;
        foreach (var list in new[] { "tokens", "token_logprobs", "top_logprobs", "text_offset" })
            Assert.Equal(prompt.Length + generated, logprobs[list]!.AsArray().Count);
        Assert.True(logprobs["token_logprobs"]![0] is null && logprobs["top_logprobs"]![0] is null);
        for (var i = 1; i < prompt.Length; i++)
        {
            var (own, top) = ((float)logprobs["token_logprobs"]![i]!, logprobs["top_logprobs"]![i]!.AsObject());
            Assert.Equal(expected[i - 1], own, 1e-5f);
            Assert.Equal($"{(char)prompt[i]}", (string)logprobs["tokens"]![i]!);
            Assert.Equal(own, (float)top[$"{(char)prompt[i]}"]!);
            Assert.InRange(top.Count, Math.Max(1, rivals), rivals + 1);
            if (rivals > 0) Assert.Equal(own > Math.Log(0.5), own == top.Max(rival => (float)rival.Value!));
            Assert.Equal(i, (int)logprobs["text_offset"]![i]!);
        }
        Assert.StartsWith(string.Concat(prompt.Select(id => (char)id)), (string)choice["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offsets_count_the_code_points_of_the_text()
    {
        await using var arabic = await RunningServer.StartAsync("مجلس 🙂 نعم");
        var http = await arabic.PostAsync("/v1/completions",
            """{"model":"tiny","prompt":"مجلس","echo":true,"logprobs":0,"temperature":0,"max_tokens":30}""");
        var choice = (await RunningServer.JsonAsync(http))["choices"]![0]!;
        Assert.Equal("مجلس 🙂 نعم", (string)choice["text"]!);
        int[] expected = [0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 5, 5, 6, 7, 7, 8, 8, 9, 9, 10];
        Assert.Equal(expected, choice["logprobs"]!["text_offset"]!.AsArray().Select(offset => (int)offset!));
    }

    [Fact]
    public async Task Of_several_tokens_with_one_text_the_likeliest_stays()
    {
        // Every byte above 127 shows as the same sign.
        await using var arabic = await RunningServer.StartAsync("ميم");
        var http = await arabic.PostAsync("/v1/completions",
            """{"model":"tiny","prompt":[217],"logprobs":5,"logit_bias":{"200":30},"temperature":0,"max_tokens":1}""");
        var logprobs = (await RunningServer.JsonAsync(http))["choices"]![0]!["logprobs"]!;
        Assert.Equal("\uFFFD", (string)logprobs["tokens"]![0]!);
        Assert.True((float)logprobs["top_logprobs"]![0]!["\uFFFD"]! > (float)logprobs["token_logprobs"]![0]!);
    }
}
