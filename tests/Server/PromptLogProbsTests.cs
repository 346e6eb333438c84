// The log-probabilities of a chat's prompt, in vLLM's shape.
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server;

public sealed class PromptLogProbsTests(ChatServer shared) : IClassFixture<ChatServer>
{
    readonly RunningServer server = shared.Running;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 3)]
    public async Task Every_prompt_token_but_the_first_is_given_with_its_rivals(int rivals, int choices)
    {
        var fields = new JsonObject { ["prompt_logprobs"] = rivals, ["return_token_ids"] = true, ["n"] = choices };
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(fields));
        var prompt = reply["prompt_token_ids"]!.AsArray().Select(id => (int)id!).ToArray();
        var list = reply["prompt_logprobs"]!.AsArray();
        Assert.Equal(prompt.Length, list.Count);
        Assert.Null(list[0]);
        for (var i = 1; i < prompt.Length; i++)
        {
            var (id, own) = list[i]!.AsObject().First();
            Assert.Equal($"{prompt[i]}", id);
            Assert.Equal(["logprob", "rank", "decoded_token"], own!.AsObject().Select(field => field.Key));
            Assert.Equal(TinyText.Tokenizer.Decode([prompt[i]], skipSpecialTokens: false), (string)own["decoded_token"]!);
            Assert.True((double)own["logprob"]! <= 0 && (int)own["rank"]! >= 1);
            Assert.InRange(list[i]!.AsObject().Count, Math.Max(1, rivals), rivals + 1);
            var others = list[i]!.AsObject().Skip(1).Select(other => (int)other.Value!["rank"]!);
            Assert.Equal(others.Order(), others);
        }
    }

    [Fact]
    public async Task Without_the_field_nothing_is_said_of_the_prompt()
    {
        Assert.False((await RunningServer.JsonAsync(await server.ChatAsync())).ContainsKey("prompt_logprobs"));
    }

    [Theory]
    [InlineData("""{"prompt_logprobs":-1}""")]
    [InlineData("""{"prompt_logprobs":21}""")]
    [InlineData("""{"prompt_logprobs":1,"stream":true}""")]
    public async Task What_is_not_given_is_refused(string fields)
    {
        var http = await server.ChatAsync(JsonNode.Parse(fields)!.AsObject());
        var error = (await RunningServer.JsonAsync(http))["error"]!;
        Assert.Equal((HttpStatusCode.BadRequest, "prompt_logprobs"), (http.StatusCode, (string?)error["param"]));
    }
}
