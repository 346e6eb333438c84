// A real small model behind the real server: a first question, whole and streamed, and the weights' hash in the reply.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Server;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server;

public sealed class SmolLM2Tests
{
    [Fact]
    public async Task A_real_model_answers_whole_and_streamed_alike()
    {
        var path = Shared.Require(Shared.SmolLM2);
        await using var server = await RunningServer.StartAsync(ServerParts.Real.Open(path, "smollm2", new()));
        var fields = new JsonObject
        {
            // No other first token is near: eight bits of activations turn what is near.
            ["messages"] = new JsonArray(
                new JsonObject { ["role"] = "user", ["content"] = "What is the capital of France? Answer in one sentence." }),
            ["max_tokens"] = 16,
            ["seed"] = 1,
        };
        var http = await server.ChatAsync(fields);
        Assert.Equal(HttpStatusCode.OK, http.StatusCode);
        var reply = await RunningServer.JsonAsync(http);
        var text = (string)reply["choices"]![0]!["message"]!["content"]!;
        Assert.Contains("Paris", text, StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{64}$", (string)reply["system_fingerprint"]!);
        fields["stream"] = true;
        var events = await RunningServer.EventsAsync(await server.ChatAsync(fields));
        Assert.Equal(text, string.Concat(events[..^1].Select(item => (string?)JsonNode.Parse(item)!["choices"]![0]!["delta"]!["content"])));
    }

    [Fact]
    public async Task Documents_ground_the_answer_in_plain_words_where_the_template_has_no_place_for_them()
    {
        var path = Shared.Require(Shared.SmolLM2);
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("rent.md"), "# Rent\n\nThe rent of the blue house is 731 dinars a month.",
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("sea.md"), "# البحر\n\nعمق البحر عند الميناء ستة عشر مترا.",
            TestContext.Current.CancellationToken);
        await using var server = await RunningServer.StartAsync(ServerParts.Real.Open(path, "smollm2", new()), options =>
            options with { Documents = folder.Path });
        Assert.Contains("731 dinars", await PromptAsync(server, "What is the rent of the blue house?"), StringComparison.Ordinal);
        Assert.Contains("ستة عشر", await PromptAsync(server, "ما عمق البحر عند الميناء؟"), StringComparison.Ordinal);
    }

    static async Task<string> PromptAsync(RunningServer server, string question)
    {
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(new()
        {
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }),
            ["max_tokens"] = 1,
            ["return_token_ids"] = true,
        }));
        var prompt = reply["prompt_token_ids"]!.AsArray().Select(id => (int)id!).ToArray();
        return server.Part<Majlis.Inference.LiveModel>().Current!.Tokenizer.Decode(prompt, skipSpecialTokens: false);
    }
}
