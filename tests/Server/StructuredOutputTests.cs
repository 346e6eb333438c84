// response_format and structured_outputs over HTTP: the answer is what was asked for, although the network would say something else.
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server;

public sealed class StructuredOutputTests(ChatServer shared) : IClassFixture<ChatServer>
{
    const string Schema = """
        {"type":"object","properties":{"city":{"enum":["Cairo","القاهرة"]},"population":{"type":"integer","minimum":3,"maximum":9}},
        "required":["city","population"],"additionalProperties":false}
        """;

    readonly RunningServer server = shared.Running;

    [Fact]
    public async Task A_json_schema_is_kept_to()
    {
        var choice = await AnswerAsync("response_format", new JsonObject
        {
            ["type"] = "json_schema",
            ["json_schema"] = new JsonObject { ["name"] = "city", ["strict"] = true, ["schema"] = JsonNode.Parse(Schema) },
        }, ("logit_bias", new JsonObject { ["9"] = -100, ["10"] = -100, ["13"] = -100, ["32"] = -100 }));
        var value = JsonNode.Parse((string)choice["message"]!["content"]!)!;
        Assert.Contains((string)value["city"]!, new[] { "Cairo", "القاهرة" });
        Assert.InRange((int)value["population"]!, 3, 9);
        Assert.Equal("stop", (string)choice["finish_reason"]!);
    }

    [Theory]
    [InlineData("""{"choice":["yes","no"]}""", "^(yes|no)$")]
    [InlineData("""{"regex":"[0-9]{3}-[a-f]{2}"}""", "^[0-9]{3}-[a-f]{2}$")]
    [InlineData("""{"json":{"type":"array","items":{"const":5},"minItems":2,"maxItems":2},"disable_any_whitespace":true}""", "^\\[5,5\\]$")]
    [InlineData("""{"json":"{\"enum\":[\"a b\"]}"}""", "^\"a b\"$")]
    [InlineData("""{"grammar":"root ::= \"(\" [0-9]{2} \")\""}""", "^\\([0-9]{2}\\)$")]
    [InlineData("""{"grammar":"start: \"go\" /[ns]/ ~ 2"}""", "^go[ns]{2}$")]
    public async Task Structured_outputs_are_kept_to(string wanted, string pattern)
    {
        var choice = await AnswerAsync("structured_outputs", JsonNode.Parse(wanted)!);
        Assert.Matches(pattern, (string)choice["message"]!["content"]!);
        Assert.Equal("stop", (string)choice["finish_reason"]!);
    }

    [Theory]
    [InlineData("response_format", """{"type":"json_object"}""")]
    [InlineData("structured_outputs", """{"json_object":true}""")]
    public async Task Any_object_may_be_asked_for(string field, string wanted)
    {
        var choice = await AnswerAsync(field, JsonNode.Parse(wanted)!, ("logit_bias", new JsonObject { ["125"] = 100, ["9"] = -100 }));
        Assert.IsType<JsonObject>(JsonNode.Parse((string)choice["message"]!["content"]!));
    }

    [Fact]
    public async Task An_answer_that_is_cut_off_says_so()
    {
        var choice = await AnswerAsync("structured_outputs", JsonNode.Parse("""{"regex":"[0-9]{300}"}""")!);
        Assert.Equal("length", (string)choice["finish_reason"]!);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","contains":{"type":"integer"},"uniqueItems":true}}}""",
        "#/properties/a/uniqueItems")]
    [InlineData("""{"type":"integer","minimum":5,"maximum":4}""", "No JSON value fits")]
    public async Task A_schema_that_cannot_be_kept_to_is_refused(string schema, string reason)
    {
        var http = await server.ChatAsync(new() { ["structured_outputs"] = new JsonObject { ["json"] = JsonNode.Parse(schema) } });
        var error = (await RunningServer.JsonAsync(http))["error"]!;
        Assert.Equal((HttpStatusCode.BadRequest, "structured_outputs.json"), (http.StatusCode, (string?)error["param"]));
        Assert.Contains(reason, (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_is_kept_to_as_well()
    {
        var http = await server.ChatAsync(new()
        {
            ["stream"] = true,
            ["structured_outputs"] = new JsonObject { ["choice"] = new JsonArray("Hello", "Help") },
        });
        var events = await RunningServer.EventsAsync(http);
        var text = string.Concat(events.Where(data => data.StartsWith('{'))
            .Select(data => (string?)JsonNode.Parse(data)!["choices"]?[0]?["delta"]?["content"]));
        // The network would go on with more.
        Assert.Equal("Hello", text);
    }

    async Task<JsonNode> AnswerAsync(string field, JsonNode wanted, params (string Name, JsonNode Value)[] more)
    {
        var body = new JsonObject { [field] = wanted, ["max_tokens"] = 200 };
        foreach (var (name, value) in more) body[name] = value;
        var http = await server.ChatAsync(body);
        var reply = await RunningServer.JsonAsync(http);
        Assert.True(http.StatusCode == HttpStatusCode.OK, reply.ToJsonString());
        return reply["choices"]![0]!;
    }
}
