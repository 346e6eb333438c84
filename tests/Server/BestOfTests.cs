// best_of_n of chats: of several answers the likeliest come back, best first, and all are counted. The budget of log-probabilities holds
// for whole replies.
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server;

public sealed class BestOfTests(ChatServer shared) : IClassFixture<ChatServer>
{
    static async Task<JsonNode> ReplyAsync(RunningServer server, string fields) =>
        await RunningServer.JsonAsync(await server.ChatAsync(JsonNode.Parse(fields)!.AsObject()));

    [Fact]
    public async Task The_best_have_the_highest_mean_log_probability_and_all_are_counted()
    {
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("Good.", "Worse.", "Bad.", "So so.")));
        const string fields = """{"temperature":2,"seed":7,"logprobs":true,"n":N,"best_of_n":6}""";
        var all = await ReplyAsync(server, fields.Replace("N", "6", StringComparison.Ordinal));
        var best = await ReplyAsync(server, fields.Replace("N", "2", StringComparison.Ordinal));
        Assert.Equal(all["choices"]!.AsArray().OrderByDescending(Mean).Take(2).Select(Text), best["choices"]!.AsArray().Select(Text));
        Assert.Equal([0, 1], best["choices"]!.AsArray().Select(choice => (int)choice!["index"]!));
        Assert.Equal((int)all["usage"]!["completion_tokens"]!, (int)best["usage"]!["completion_tokens"]!);

        static string Text(JsonNode? choice) => (string)choice!["message"]!["content"]!;

        // The token that ends the answer counts in the mean and is not shown; the network is as sure of it in every answer.
        static double Mean(JsonNode? choice) =>
            choice!["logprobs"]!["content"]!.AsArray().Select(token => (double)token!["logprob"]!).Average();
    }

    [Theory]
    [InlineData("""{"n":2,"best_of_n":1}""", "best_of_n")]
    [InlineData("""{"best_of_n":129}""", "best_of_n")]
    [InlineData("""{"best_of_n":2,"stream":true}""", "best_of_n")]
    [InlineData("""{"n":128,"logprobs":true,"top_logprobs":20,"max_tokens":1000}""", "logprobs")]
    public async Task What_cannot_be_given_is_refused_by_name(string fields, string param)
    {
        var http = await shared.Running.ChatAsync(JsonNode.Parse(fields)!.AsObject());
        Assert.Equal((HttpStatusCode.BadRequest, param),
            (http.StatusCode, (string?)(await RunningServer.JsonAsync(http))["error"]!["param"]));
    }

    [Theory]
    [InlineData("""{"best_of_n":1,"stream":true}""")]
    [InlineData("""{"best_of_n":null}""")]
    [InlineData("""{"n":3,"logprobs":true,"top_logprobs":20,"max_tokens":3}""")]
    public async Task What_asks_for_no_more_is_taken(string fields) =>
        Assert.Equal(HttpStatusCode.OK, (await shared.Running.ChatAsync(JsonNode.Parse(fields)!.AsObject())).StatusCode);
}
