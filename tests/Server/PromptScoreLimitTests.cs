// One request's scores of its prompts are limited, over all prompts and over everything that is returned of them.
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server;

public sealed class PromptScoreLimitTests(ChatServer shared) : IClassFixture<ChatServer>
{
    [Theory]
    [InlineData(1, 400, """{"n":128,"prompt_logprobs":20,"max_tokens":0}""", "prompt_logprobs")]
    [InlineData(40, 1500, """{"prompt_logprobs":20,"max_tokens":0}""", "prompt_logprobs")]
    [InlineData(1, 400, """{"n":128,"echo":true,"logprobs":20,"max_tokens":0}""", "logprobs")]
    [InlineData(1, 400, """{"n":128,"echo":true,"logprobs":20,"max_tokens":0,"stream":true}""", "logprobs")]
    [InlineData(1, 1500, """{"n":64,"echo":true,"logprobs":8,"prompt_logprobs":5,"max_tokens":0}""", "prompt_logprobs")]
    public async Task Completions_that_would_return_too_much_are_refused(int prompts, int length, string fields, string param)
    {
        var body = JsonNode.Parse(fields)!.AsObject();
        body["model"] = "tiny";
        body["prompt"] = new JsonArray([.. Enumerable.Repeat(new string('x', length), prompts).Select(text => (JsonNode)text)]);
        var http = await shared.Running.PostAsync("/v1/completions", body.ToJsonString());
        await CheckAsync(http, param);
    }

    [Fact]
    public async Task A_chat_whose_prompt_is_too_long_to_be_scored_so_widely_is_refused()
    {
        await using var wide = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("x") { Positions = 65_536 }));
        var content = new string('x', 50_000);
        var message = new JsonObject { ["role"] = "user", ["content"] = content };
        var fields = new JsonObject { ["messages"] = new JsonArray(message), ["prompt_logprobs"] = 20 };
        await CheckAsync(await wide.ChatAsync(fields), "prompt_logprobs");
    }

    [Theory]
    [InlineData(128, 20, "prompt_logprobs")]
    [InlineData(128, 20, "echo")]
    public async Task A_short_prompts_scores_are_given_in_every_choice(int choices, int rivals, string form)
    {
        var wish = form == "echo" ? $"\"echo\":true,\"logprobs\":{rivals}" : $"\"prompt_logprobs\":{rivals}";
        var http = await shared.Running.PostAsync("/v1/completions",
            $"{{\"model\":\"tiny\",\"prompt\":\"Hello\",\"n\":{choices},\"max_tokens\":0,{wish}}}");
        var given = (await RunningServer.JsonAsync(http))["choices"]!.AsArray()
            .Select(choice => (form == "echo" ? choice!["logprobs"] : choice!["prompt_logprobs"])!.ToJsonString()).ToList();
        Assert.Equal(choices, given.Count);
        Assert.Single(given.Distinct());
    }

    static async Task CheckAsync(HttpResponseMessage http, string param)
    {
        var error = (await RunningServer.JsonAsync(http))["error"];
        Assert.Equal((HttpStatusCode.BadRequest, param, "invalid_value"),
            (http.StatusCode, (string?)error?["param"], (string?)error?["code"]));
    }
}
