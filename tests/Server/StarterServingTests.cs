// The starter behind the real server: it answers from documents, cites the right one, and says when none answers; in both languages.
using System.Text.Json.Nodes;
using Majlis.Server;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server;

public sealed class StarterServingTests
{
    [Theory]
    [InlineData("Who won the Hatol Cup?", "The judges gave the Hatol Cup to Diana Zaydan.", "The Moluto Museum is in Tabriz.",
        "Diana Zaydan")]
    [InlineData("أين يقع متحف ملوتو؟", "يقع متحف ملوتو في تبريز.", "يدير سامي خالد مصنع الأمل.", "تبريز")]
    public async Task An_answer_cites_the_document_it_is_from(string question, string right, string other, string value)
    {
        await using var server = await StartAsync();
        var message = await AskAsync(server, question, other, right);
        var citation = Assert.Single(message["citations"]!.AsArray())!;
        Assert.Equal((value, "doc:1"), ((string)citation["text"]!, (string)citation["sources"]![0]!["id"]!));
        Assert.Contains(value, (string)message["content"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_no_document_says_is_not_made_up()
    {
        await using var server = await StartAsync();
        var message = await AskAsync(server, "Who won the Seglam Cup?", "The Moluto Museum is in Tabriz.");
        Assert.Contains("not", (string)message["content"]!, StringComparison.Ordinal);
        Assert.Empty(message["citations"]!.AsArray());
    }

    static Task<RunningServer> StartAsync() =>
        RunningServer.StartAsync(ServerParts.Real.Open(Shared.Require(Shared.Starter), "starter", new()));

    static async Task<JsonNode> AskAsync(RunningServer server, string question, params string[] documents)
    {
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(new()
        {
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }),
            ["documents"] = new JsonArray([.. documents.Select(text => new JsonObject { ["text"] = text })]),
            ["temperature"] = 0,
            ["max_tokens"] = 80,
        }));
        return reply["choices"]![0]!["message"]!;
    }
}
