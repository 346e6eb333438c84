// The cases that the Open Responses project checks servers with (https://www.openresponses.org/compliance): replies and every event fit its
// schemas. Pictures are refused, since the models read text.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.tests.Server.Reasoning;
using Majlis.tests.Server.Tools;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Responses;

public sealed class OpenResponsesTests(ChatServer shared, ToolServer tools, ThinkingServer thinking)
    : IClassFixture<ChatServer>, IClassFixture<ToolServer>, IClassFixture<ThinkingServer>
{
    const string Weather = """
        {"input":[{"type":"message","role":"user","content":"What's the weather like in San Francisco?"}],
         "tools":[{"type":"function","name":"get_weather","description":"Get the current weather for a location","strict":false,
          "parameters":{"type":"object","properties":{"city":{"type":"string","description":"The city"}},"required":["city"]}}]}
        """;

    static readonly Lazy<ApiSchemas> schemas = new(() =>
        ApiSchemas.Read(Shared.Require(Shared.Data("data", "openresponses", "openapi.json"))));

    // OpenAI's name of an event that this project names "response.reasoning.delta".
    static readonly string[] openAIs = ["response.reasoning_text.delta", "response.reasoning_text.done"];

    [Theory]
    [InlineData("""{"input":[{"type":"message","role":"user","content":"Say hello in exactly 3 words."}]}""")]
    [InlineData("""
        {"input":[{"type":"message","role":"system","content":"You are a pirate."},{"type":"message","role":"user","content":"Hello."}]}
        """)]
    [InlineData("""
        {"input":[{"type":"message","role":"user","content":"My name is Alice."},
         {"type":"message","role":"assistant","content":"Hello Alice!"},{"type":"message","role":"user","content":"My name?"}]}
        """)]
    [InlineData("""
        {"input":[{"type":"message","role":"user","content":"Count."},{"type":"message","role":"assistant","phase":"commentary",
         "content":[{"type":"output_text","text":"I count."}]},{"type":"message","role":"user","content":"Go on."}]}
        """)]
    public async Task A_conversation_is_answered_by_a_completed_response_of_the_schema(string body) =>
        await CheckAsync(shared.Running, body);

    [Fact]
    public async Task A_tool_is_called() =>
        Assert.Contains(await CheckAsync(tools.Running, Weather), item => (string?)item!["type"] == "function_call");

    [Fact]
    public async Task Thinking_fits_the_schema() =>
        await CheckAsync(thinking.Running, """{"input":"hello","reasoning":{"effort":"low"}}""");

    [Fact]
    public async Task A_picture_is_refused_by_name()
    {
        var reply = await shared.Running.PostAsync(Asked.Path, Asked.Body("""
            {"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"What is this?"},
             {"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}]}]}
            """).ToJsonString());
        Assert.Equal((HttpStatusCode.BadRequest, "input[0].content[1].type"),
            (reply.StatusCode, (string?)(await RunningServer.ErrorAsync(reply))["param"]));
    }

    static async Task<JsonArray> CheckAsync(RunningServer server, string body)
    {
        var reply = await Asked.ReplyAsync(server, body);
        Assert.Empty(schemas.Value.Faults("ResponseResource", reply));
        Assert.Equal("completed", (string?)reply["status"]);
        Assert.NotEmpty(reply["output"]!.AsArray());
        var events = await Asked.EventsAsync(server, body);
        Assert.All(events.Where(item => !openAIs.Contains((string?)item["type"])), item => Assert.Empty(Faults(item)));
        Assert.Equal(events[^1]["response"]!["output"]!.AsArray().Count, reply["output"]!.AsArray().Count);
        return reply["output"]!.AsArray();
    }

    static List<string> Faults(JsonObject item)
    {
        var type = (string)item["type"]!;
        var schema = schemas.Value.Document["components"]!["schemas"]!.AsObject().Single(each =>
            each.Key.EndsWith("StreamingEvent", StringComparison.Ordinal)
            && each.Value!["properties"]!["type"]!["enum"]!.AsArray().Any(known => (string)known! == type));
        return schemas.Value.Faults(schema.Value!, item, "$");
    }
}
