// Function calls of the Responses API: offered flat, called as items, answered by items.
using System.Text.Json.Nodes;
using Majlis.Server.Responses;
using Majlis.Server.Wire;
using Majlis.tests.Server.Tools;
using Xunit;

namespace Majlis.tests.Server.Responses;

public sealed class ResponseToolTests(ToolServer shared) : IClassFixture<ToolServer>
{
    const string Tools = """
        "tools":[{"type":"function","name":"get_weather","description":"Tells the weather","strict":false,
          "parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}},
         {"type":"function","name":"get_time","parameters":null}]
        """;

    readonly RunningServer server = shared.Running;

    [Fact]
    public async Task Calls_are_items_behind_the_message()
    {
        var reply = await Asked.ReplyAsync(server, $$"""{{{Tools}}}""");
        var output = reply["output"]!.AsArray();
        Assert.Equal(["message", "function_call", "function_call"], output.Select(item => (string)item!["type"]!));
        Assert.Equal(("get_weather", ToolServer.Weather, "completed"), ((string?)output[1]!["name"], (string?)output[1]!["arguments"],
            (string?)output[1]!["status"]));
        Assert.NotEqual((string?)output[1]!["call_id"], (string?)output[2]!["call_id"]);
        Assert.Equal("get_weather", (string?)reply["tools"]![0]!["name"]);
    }

    [Fact]
    public async Task A_stream_gives_arguments_as_they_are_written()
    {
        var events = await Asked.EventsAsync(server, $$"""{{{Tools}}}""");
        var first = events.Where(item => (int?)item["output_index"] == 1).ToList();
        Assert.Equal("response.output_item.added", (string?)first[0]["type"]);
        Assert.Equal("", (string?)first[0]["item"]!["arguments"]);
        Assert.Equal(ToolServer.Weather, string.Concat(first.Select(item => (string?)item["delta"])));
        var done = first.Single(item => (string?)item["type"] == "response.function_call_arguments.done");
        Assert.Equal((ToolServer.Weather, "get_weather"), ((string?)done["arguments"], (string?)done["name"]));
        Assert.Equal((string?)first[0]["item"]!["call_id"], (string?)first[^1]["item"]!["call_id"]);
    }

    [Fact]
    public async Task Outputs_of_calls_lead_to_an_answer()
    {
        var reply = await Asked.ReplyAsync(server, $$"""
            {{{Tools}},"input":[{"role":"user","content":"weather?"},
             {"type":"function_call","call_id":"c1","name":"get_weather","arguments":"{}"},
             {"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"21"}]}]}
            """);
        Assert.Equal(ToolServer.Told, Asked.TextOf(reply));
    }

    [Fact]
    public void Thought_text_and_calls_in_a_row_are_one_message_of_the_chat()
    {
        var problem = new Problem();
        var body = JsonNode.Parse("""
            {"input":[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_text","text":"b"}]},
             {"type":"reasoning","id":"rs_1","summary":[],"content":[{"type":"reasoning_text","text":"hm"}]},
             {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look.","annotations":[]}]},
             {"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},
             {"type":"function_call","call_id":"c2","name":"g","arguments":"{}"},
             {"type":"function_call_output","call_id":"c1","output":"1"},{"type":"function_call_output","call_id":"c2","output":"2"}]}
            """)!;
        var items = InputReader.Read(new Fields(System.Text.Json.JsonSerializer.SerializeToElement(body), "", problem));
        InputReader.CheckCalls(items, problem);
        Assert.Null(problem.First);
        Assert.Equal("""
            [{"role":"system","content":"Be kind"},
            {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
            {"role":"assistant","reasoning_content":"hm","content":"I look.","tool_calls":[
            {"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},
            {"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"c1","content":"1"},{"role":"tool","tool_call_id":"c2","content":"2"}]
            """.Replace("\n", "", StringComparison.Ordinal), ItemMessages.Of(items, "Be kind").ToJsonString());
    }

    [Theory]
    [InlineData("auto"), InlineData("none")]
    public async Task A_choice_without_tools_asks_for_nothing(string choice) =>
        await Asked.ReplyAsync(server, $$"""{"tool_choice":"{{choice}}","parallel_tool_calls":false}""");

    [Theory]
    [InlineData("""{"type":"function","name":"get_time"}""")]
    [InlineData("""{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"get_time"}]}""")]
    public async Task A_named_tool_is_called(string choice)
    {
        var reply = await Asked.ReplyAsync(server, $$"""
            {"tools":[{"type":"function","name":"get_time","parameters":{"type":"object","properties":{"zone":{"const":"UTC"} },
              "required":["zone"],"additionalProperties":false} },{"type":"function","name":"get_weather"}],
             "tool_choice":{{choice}},"parallel_tool_calls":false}
            """);
        Assert.Equal("get_time", (string?)Assert.Single(reply["output"]!.AsArray())!["name"]);
    }
}
