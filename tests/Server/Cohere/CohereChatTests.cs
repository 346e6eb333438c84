// Cohere's chat: whole, streamed, with documents and tools, and refused in that API's shape.
using System.Text.Json.Nodes;
using Majlis.tests.Server.Citations;
using Majlis.tests.Server.Reasoning;
using Majlis.tests.Server.Tools;
using Xunit;

namespace Majlis.tests.Server.Cohere;

public sealed class CohereChatTests(ChatServer shared, ToolServer tools, ThinkingServer thinking)
    : IClassFixture<ChatServer>, IClassFixture<ToolServer>, IClassFixture<ThinkingServer>
{
    const string Path = "/v2/chat";

    [Fact]
    public async Task A_chat_is_answered_in_this_APIs_shape()
    {
        var reply = await ReplyAsync(shared.Running, """{"p":0.9,"k":5,"logprobs":true}""");
        Assert.Equal(("COMPLETE", "assistant", ChatServer.Text), ((string?)reply["finish_reason"], (string?)reply["message"]!["role"],
            (string?)reply["message"]!["content"]![0]!["text"]));
        Assert.True((int)reply["usage"]!["tokens"]!["output_tokens"]! > 0);
        Assert.Equal(ChatServer.Text, string.Concat(reply["logprobs"]!.AsArray().Select(each => (string?)each!["text"])));
    }

    [Fact]
    public async Task Streamed_pieces_bring_the_log_probabilities_of_their_tokens()
    {
        var whole = (await ReplyAsync(shared.Running, """{"logprobs":true}"""))["logprobs"]!.AsArray();
        var pieces = (await EventsAsync(shared.Running, """{"logprobs":true}"""))
            .Where(item => (string?)item["type"] == "content-delta").ToList();
        Assert.All(pieces, piece => Assert.Equal((string?)piece["delta"]!["message"]!["content"]!["text"],
            (string?)piece["logprobs"]!["text"]));
        Assert.Equal(whole.SelectMany(each => each!["token_ids"]!.AsArray()).Select(id => (int)id!).SkipLast(whole.Count - Count(pieces)),
            pieces.SelectMany(piece => piece["logprobs"]!["token_ids"]!.AsArray()).Select(id => (int)id!));
        Assert.DoesNotContain(await EventsAsync(shared.Running, "{}"), item => item["logprobs"] is not null);

        static int Count(IEnumerable<JsonNode> pieces) => pieces.Sum(piece => piece["logprobs"]!["token_ids"]!.AsArray().Count);
    }

    [Fact]
    public async Task The_end_is_told_by_its_cause()
    {
        var stopped = await ReplyAsync(shared.Running, """{"stop_sequences":["fine"]}""");
        Assert.Equal(("STOP_SEQUENCE", "Hello, it is a "), ((string?)stopped["finish_reason"],
            (string?)stopped["message"]!["content"]![0]!["text"]));
        Assert.Equal("MAX_TOKENS", (string?)(await ReplyAsync(shared.Running, """{"max_tokens":3}"""))["finish_reason"]);
    }

    [Fact]
    public async Task Documents_are_cited_whole_and_streamed()
    {
        await using var citing = await RunningServer.StartAsync(
            TinyModel.Of(new RecitingNetwork(CitingServer.Written), template: CitingServer.Template));
        var more = $$"""{"documents":{{CitingServer.Documents}},"citation_options":{"mode":"ACCURATE"} }""";
        var reply = await ReplyAsync(citing, more);
        Assert.Equal(CitingServer.Shown, (string?)reply["message"]!["content"]![0]!["text"]);
        Assert.Equal(CitingServer.Said, CitingServer.Listed(reply["message"]!["citations"]!));
        var events = await EventsAsync(citing, more);
        var streamed = events.Where(item => (string?)item["type"] == "citation-start")
            .Select(item => item["delta"]!["message"]!["citations"]!.DeepClone());
        Assert.Equal(CitingServer.Said, CitingServer.Listed(new JsonArray([.. streamed])));
    }

    [Fact]
    public async Task Tools_are_called_and_answered_by_documents()
    {
        var reply = await ReplyAsync(tools.Running, $$"""{"tools":{{ToolServer.Tools}}}""");
        var calls = reply["message"]!["tool_calls"]!.AsArray();
        Assert.Equal(("TOOL_CALL", "get_weather", ToolServer.Weather), ((string?)reply["finish_reason"],
            (string?)calls[0]!["function"]!["name"], (string?)calls[0]!["function"]!["arguments"]));
        var results = string.Join(',', calls.Select(call => $$$"""
            {"role":"tool","tool_call_id":"{{{call!["id"]}}}","content":[{"type":"document","document":{"id":"1","data":{"t":"21"} } }]}
            """));
        var next = await ReplyAsync(tools.Running, $$"""
            {"tools":{{ToolServer.Tools}},"messages":[{"role":"user","content":"hello"},{{reply["message"]!.ToJsonString()}},{{results}}]}
            """);
        Assert.Equal(ToolServer.Told, (string?)next["message"]!["content"]![0]!["text"]);
    }

    [Fact]
    public async Task A_stream_starts_and_ends_content_and_calls()
    {
        var events = await EventsAsync(tools.Running, $$"""{"tools":{{ToolServer.Tools}}}""");
        Assert.Equal(["message-start", "content-start", "content-delta", "content-end", "tool-call-start", "tool-call-delta",
            "tool-call-end", "message-end"], events.Select(item => (string)item["type"]!).Distinct());
        Assert.Equal(ToolServer.Weather + ToolServer.Time, string.Concat(events
            .Where(item => (string?)item["type"] == "tool-call-delta")
            .Select(item => (string?)item["delta"]!["message"]!["tool_calls"]!["function"]!["arguments"])));
        Assert.Equal("TOOL_CALL", (string?)events[^1]["delta"]!["finish_reason"]);
    }

    [Fact]
    public async Task Thinking_is_content_of_its_own()
    {
        var content = (await ReplyAsync(thinking.Running, """{"thinking":{"type":"enabled"}}"""))["message"]!["content"]!;
        Assert.Equal((ThinkingServer.Thought, ThinkingServer.Told), ((string?)content[0]!["thinking"], (string?)content[1]!["text"]));
    }

    [Theory]
    [InlineData("""{"messages":[]}""", 400, "messages")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}""", 400,
        "messages[0].content[0].type")]
    [InlineData("""{"tool_choice":"REQUIRED"}""", 400, "tool_choice")]
    [InlineData("""{"safety_mode":"STRICT"}""", 400, "safety_mode")]
    [InlineData("""{"response_format":{"type":"json_object","json_schema":{"type":"none"}}}""", 400, "response_format.json_schema")]
    [InlineData("""{"top_p":0.5}""", 400, "top_p")]
    [InlineData("""{"model":"nobody"}""", 404, "nobody")]
    public async Task A_refusal_has_the_shape_of_this_API(string more, int status, string names)
    {
        var reply = await shared.Running.PostAsync(Path, Body(more).ToJsonString());
        var said = await RunningServer.JsonAsync(reply);
        Assert.Equal(status, (int)reply.StatusCode);
        Assert.Equal(["id", "message"], said.Select(field => field.Key));
        Assert.Contains(names, (string?)said["message"], StringComparison.Ordinal);
    }

    static JsonObject Body(string more)
    {
        var body = JsonNode.Parse("""{"model":"current","temperature":0,"messages":[{"role":"user","content":"hello"}]}""")!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(more)!.AsObject()) body[name] = value?.DeepClone();
        return body;
    }

    static async Task<JsonObject> ReplyAsync(RunningServer server, string more)
    {
        var reply = await server.PostAsync(Path, Body(more).ToJsonString());
        var said = await RunningServer.JsonAsync(reply);
        Assert.True(reply.IsSuccessStatusCode, said.ToJsonString());
        return said;
    }

    static async Task<List<JsonObject>> EventsAsync(RunningServer server, string more)
    {
        var body = Body(more);
        body["stream"] = true;
        var reply = await server.PostAsync(Path, body.ToJsonString());
        var said = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var items = said.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", items[^1]);
        return [.. items[..^1].Select(item => JsonNode.Parse(item.Split('\n')[1]["data: ".Length..])!.AsObject())];
    }
}
