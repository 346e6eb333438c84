// Anthropic's messages: whole, streamed, counted, and refused in that API's shape.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Server.Anthropic;
using Majlis.Server.Wire;
using Majlis.tests.Server.Reasoning;
using Majlis.tests.Server.Tools;
using Xunit;

namespace Majlis.tests.Server.Anthropic;

public sealed class MessageTests(ChatServer shared, ToolServer tools, ThinkingServer thinking)
    : IClassFixture<ChatServer>, IClassFixture<ToolServer>, IClassFixture<ThinkingServer>
{
    const string Path = "/v1/messages";

    const string Tools = """
        "tools":[{"name":"get_weather","description":"Tells the weather",
          "input_schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}},
         {"type":"custom","name":"get_time","input_schema":{"type":"object","properties":{}},"cache_control":{"type":"ephemeral"}}]
        """;

    [Fact]
    public async Task A_message_is_answered_by_a_message()
    {
        var reply = await ReplyAsync(shared.Running, """{"system":[{"type":"text","text":"Be kind"}],"metadata":{"user_id":"u"}}""");
        Assert.Equal(("message", "assistant", "tiny", "end_turn"), ((string?)reply["type"], (string?)reply["role"], (string?)reply["model"],
            (string?)reply["stop_reason"]));
        Assert.Equal(ChatServer.Text, (string?)Assert.Single(reply["content"]!.AsArray())!["text"]);
        var (usage, counted) = (reply["usage"]!, await CountAsync("""{"system":"Be kind"}"""));
        Assert.Equal(counted, (int)usage["input_tokens"]! + (int)usage["cache_read_input_tokens"]!);
    }

    [Fact]
    public async Task A_stop_sequence_is_named_and_not_part_of_the_text()
    {
        var reply = await ReplyAsync(shared.Running, """{"stop_sequences":["never","a fine"]}""");
        Assert.Equal(("stop_sequence", "a fine", "Hello, it is "), ((string?)reply["stop_reason"], (string?)reply["stop_sequence"],
            (string?)reply["content"]![0]!["text"]));
        var events = await EventsAsync(shared.Running, """{"stop_sequences":["never","a fine"]}""");
        Assert.Equal("Hello, it is ", string.Concat(events.Select(item => (string?)item["delta"]?["text"])));
    }

    [Fact]
    public async Task A_stop_sequence_within_a_call_is_named_and_not_part_of_the_arguments()
    {
        const string More = $$"""{{{Tools}},"tool_choice":{"type":"tool","name":"get_weather"},"stop_sequences":["ity"]}""";
        await using var calling = await ToolServer.StartAsync(
            "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": " + ToolServer.Weather + "}");
        var events = await EventsAsync(calling, More);
        var written = string.Concat(events.Select(item => (string?)item["delta"]?["partial_json"]));
        Assert.Equal("{\"c", written);
        var end = events[^2]["delta"]!;
        Assert.Equal(("stop_sequence", "ity"), ((string?)end["stop_reason"], (string?)end["stop_sequence"]));
    }

    [Fact]
    public async Task An_answer_goes_on_from_a_last_message_of_the_assistant()
    {
        var reply = await ReplyAsync(shared.Running,
            """{"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"Hello, it"}]}""");
        Assert.Equal(ChatServer.Text["Hello, it".Length..], (string?)reply["content"]![0]!["text"]);
    }

    [Fact]
    public async Task Calls_are_blocks_and_their_results_lead_to_an_answer()
    {
        var reply = await ReplyAsync(tools.Running, $$"""{{{Tools}}}""");
        var content = reply["content"]!.AsArray();
        Assert.Equal(["text", "tool_use", "tool_use"], content.Select(block => (string)block!["type"]!));
        Assert.Equal(("get_weather", "فاس", "tool_use"), ((string?)content[1]!["name"], (string?)content[1]!["input"]!["city"],
            (string?)reply["stop_reason"]));
        var results = string.Join(',', content.Skip(1).Select(call =>
            $$"""{"type":"tool_result","tool_use_id":"{{call!["id"]}}","content":[{"type":"text","text":"21"}]}"""));
        var next = await ReplyAsync(tools.Running, $$"""
            {{{Tools}},"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":{{content.ToJsonString()}}},
             {"role":"user","content":[{{results}},{"type":"text","text":"Well?"}]}]}
            """);
        Assert.Equal(ToolServer.Told, (string?)next["content"]![0]!["text"]);
    }

    [Fact]
    public async Task A_stream_opens_fills_and_closes_blocks_in_order()
    {
        var events = await EventsAsync(tools.Running, $$"""{{{Tools}}}""");
        Assert.Equal(["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"],
            events.Select(item => (string)item["type"]!).Distinct());
        Assert.Equal([0, 1, 2], events.Where(item => item["index"] is not null).Select(item => (int)item["index"]!).Distinct());
        Assert.Equal(ToolServer.Weather, string.Concat(events.Where(item => (int?)item["index"] == 1)
            .Select(item => (string?)item["delta"]?["partial_json"])));
        Assert.Equal("tool_use", (string?)events[^2]["delta"]!["stop_reason"]);
        Assert.Equal("[]", events[0]["message"]!["content"]!.ToJsonString());
    }

    [Fact]
    public async Task Thinking_is_a_block_of_its_own()
    {
        var content = (await ReplyAsync(thinking.Running, """{"thinking":{"type":"enabled","budget_tokens":1024}}"""))["content"]!;
        Assert.Equal((ThinkingServer.Thought, ThinkingServer.Told), ((string?)content[0]!["thinking"], (string?)content[1]!["text"]));
        var off = (await ReplyAsync(thinking.Running, """{"thinking":{"type":"disabled"}}"""))["content"]!;
        Assert.Equal("text", (string?)off[0]!["type"]);
    }

    [Fact]
    public void Messages_of_one_role_in_a_row_are_one()
    {
        var problem = new Problem();
        var body = JsonNode.Parse("""
            {"system":"Be kind","messages":[{"role":"user","content":"a"},{"role":"user","content":[{"type":"text","text":"b"}]},
             {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"c"}]}]}
            """)!;
        var read = MessageList.Read(new Fields(System.Text.Json.JsonSerializer.SerializeToElement(body), "", problem));
        Assert.Null(problem.First);
        Assert.Equal("""
            [{"role":"system","content":"Be kind"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
            {"role":"assistant","reasoning_content":"hm","content":"c"}]
            """.Replace("\n", "", StringComparison.Ordinal), read.ToJsonString());
    }

    [Theory]
    [InlineData("""{"max_tokens":null}""", 400, "invalid_request_error", "max_tokens")]
    [InlineData("""{"messages":[]}""", 400, "invalid_request_error", "messages")]
    [InlineData("""{"messages":[{"role":"system","content":"x"}]}""", 400, "invalid_request_error", "messages[0].role")]
    [InlineData("""{"messages":[{"content":"x"}]}""", 400, "invalid_request_error", "messages[0].role")]
    [InlineData("""{"messages":[{"role":"user","content":[]}]}""", 400, "invalid_request_error", "messages[0].content")]
    [InlineData("""{"output_config":{"effort":"low"}}""", 400, "invalid_request_error", "'output_config.effort'")]
    [InlineData("""{"speed":"fast"}""", 400, "invalid_request_error", "speed")]
    [InlineData("""{"inference_geo":"us"}""", 400, "invalid_request_error", "no region")]
    [InlineData("""{"tools":[{"name":"f","input_schema":{"type":"object"},"allowed_callers":["code_execution_20260120"]}]}""", 400,
        "invalid_request_error", "tools[0].allowed_callers[0]")]
    [InlineData("""{"tools":[{"name":"f","input_schema":{"type":"object"},"defer_loading":true}]}""", 400, "invalid_request_error",
        "tools[0].defer_loading")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image","source":{}}]}]}""", 400, "invalid_request_error",
        "messages[0].content[0].type")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"x"}]}]}""", 400,
        "invalid_request_error", "messages")]
    [InlineData("""{"tools":[{"type":"web_search_20250305","name":"web_search"}]}""", 400, "invalid_request_error", "tools[0].type")]
    [InlineData("""{"tools":[{"name":"a b","input_schema":{"type":"object"}}]}""", 400, "invalid_request_error", "tools[0].name")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":1024}}""", 400, "invalid_request_error", "thinking.budget_tokens")]
    [InlineData("""{"temperature":1.5}""", 400, "invalid_request_error", "temperature")]
    [InlineData("""{"frequency_penalty":1}""", 400, "invalid_request_error", "frequency_penalty")]
    [InlineData("""{"max_tokens":100000}""", 400, "invalid_request_error", "context length")]
    [InlineData("""{"model":"nobody"}""", 404, "not_found_error", "nobody")]
    public async Task A_refusal_has_the_shape_of_this_API(string more, int status, string type, string names)
    {
        var reply = await shared.Running.PostAsync(Path, Body(more).ToJsonString());
        var said = await RunningServer.JsonAsync(reply);
        Assert.Equal((status, "error", type), ((int)reply.StatusCode, (string?)said["type"], (string?)said["error"]!["type"]));
        Assert.Contains(names, (string?)said["error"]!["message"], StringComparison.Ordinal);
        Assert.StartsWith("req_", (string?)said["request_id"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"output_config":{"effort":"high"},"speed":"standard"}""")]
    [InlineData("""{"thinking":{"type":"disabled"}}""")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"system","content":"b"},{"role":"user","content":"c"}]}""")]
    public async Task What_asks_for_what_happens_anyway_is_answered(string more)
    {
        var block = (await ReplyAsync(shared.Running, more))["content"]![0]!.AsObject();
        // Clients check a block that cites nothing for having no citations at all.
        Assert.Equal(["type", "text"], block.Select(field => field.Key));
    }

    [Fact]
    public void Examples_of_a_tool_stand_in_its_schema_and_the_system_speaks_where_it_stood()
    {
        var problem = new Problem();
        var body = JsonNode.Parse("""
            {"tools":[{"name":"f","input_schema":{"type":"object"},"input_examples":[{"a":1}],"allowed_callers":["direct"],
              "defer_loading":false}],
             "messages":[{"role":"user","content":"a"},{"role":"system","content":[{"type":"text","text":"Be brief."}]}]}
            """)!;
        var fields = new Fields(System.Text.Json.JsonSerializer.SerializeToElement(body), "", problem);
        var read = MessageList.Read(fields);
        Assert.Equal("""{"role":"system","content":"Be brief."}""", read[1]!.ToJsonString());
        var offer = AnthropicTools.Read(fields)!;
        Assert.Null(problem.First);
        Assert.Contains("""{"type":"object","examples":[{"a":1}]}""", offer.Tools.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_asks_for_a_thread_is_told_how_to_go_on_without()
    {
        var said = await RunningServer.JsonAsync(await shared.Running.PostAsync(Path,
            Body("""{"thread":{"type":"create"}}""").ToJsonString()));
        Assert.Equal("""{"error_code":"thread_unsupported_request","unsupported":["thread"]}""",
            said["error"]!["details"]!.ToJsonString());
    }

    [Fact]
    public async Task A_wrong_method_and_a_broken_body_have_it_too()
    {
        var wrong = await shared.Running.Http.GetAsync(new Uri(Path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "error"),
            (wrong.StatusCode, (string?)(await RunningServer.JsonAsync(wrong))["type"]));
        var broken = await RunningServer.JsonAsync(await shared.Running.PostAsync(Path, "{"));
        Assert.Equal("invalid_request_error", (string?)broken["error"]!["type"]);
    }

    static JsonObject Body(string more)
    {
        var body = JsonNode.Parse("""
            {"model":"current","max_tokens":200,"temperature":0,"messages":[{"role":"user","content":"hello"}]}
            """)!.AsObject();
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

    async Task<int> CountAsync(string more)
    {
        var body = Body(more);
        body.Remove("max_tokens");
        body.Remove("temperature");
        return (int)(await RunningServer.JsonAsync(await shared.Running.PostAsync($"{Path}/count_tokens", body.ToJsonString())))
            ["input_tokens"]!;
    }

    static async Task<List<JsonObject>> EventsAsync(RunningServer server, string more)
    {
        var body = Body(more);
        body["stream"] = true;
        var reply = await server.PostAsync(Path, body.ToJsonString());
        var said = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return [.. said.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(item =>
        {
            var parts = item.Split('\n');
            var data = JsonNode.Parse(parts[1]["data: ".Length..])!.AsObject();
            Assert.Equal($"event: {data["type"]}", parts[0]);
            return data;
        })];
    }
}
