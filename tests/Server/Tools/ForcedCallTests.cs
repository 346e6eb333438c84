// A request that makes the model call: whatever it would say, the answer is calls in the format's own syntax, with arguments of the schema.
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server.Tools;

public sealed class ForcedCallTests
{
    const string Weather = """
        {"type":"function","function":{"name":"get_weather","strict":true,"parameters":{"type":"object",
         "properties":{"city":{"$ref":"#/$defs/city"}},"required":["city"],"additionalProperties":false,
         "$defs":{"city":{"enum":["فاس"]}}}}}
        """;

    const string Time = """
        {"type":"function","function":{"name":"get_time","parameters":{"type":"object","properties":{"zone":{"const":"UTC"}},
         "required":["zone"],"additionalProperties":false}}}
        """;

    const string NamedTime = """{"type":"function","function":{"name":"get_time"}}""";

    static JsonObject Fields(string choice, string more = "{}")
    {
        var fields = JsonNode.Parse(more)!.AsObject();
        fields["tools"] = JsonNode.Parse($"[{Weather},{Time}]");
        fields["tool_choice"] = JsonNode.Parse(choice);
        return fields;
    }

    static Task<RunningServer> StartAsync(string mark, string says) => ToolServer.StartAsync(
        mark + ToolServer.Template.Replace("<tool_call>", "(", StringComparison.Ordinal), options => options, says);

    static string Called(JsonNode choice)
    {
        Assert.Equal("tool_calls", (string)choice["finish_reason"]!);
        Assert.Null(choice["message"]!["content"]);
        return string.Join(' ', choice["message"]!["tool_calls"]!.AsArray().Select(call =>
            (string)call!["function"]!["name"]! + JsonNode.Parse((string)call["function"]!["arguments"]!)!.ToJsonString(
                new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })));
    }

    [Theory]
    [InlineData("<tool_call>")]
    [InlineData("<|START_ACTION|>")]
    [InlineData("[TOOL_CALLS]")]
    [InlineData("\"parameters\": dictionary ")]
    [InlineData("```tool_code")]
    [InlineData("[func_name1(")]
    [InlineData("<tool_call><parameter=")]
    [InlineData("<seed:tool_call>")]
    public async Task A_model_that_would_say_something_else_calls(string mark)
    {
        await using var server = await StartAsync(mark, "I would rather talk.");
        var fields = """{"parallel_tool_calls":false}""";
        Assert.Contains(Called(await ToolServer.ChoiceAsync(server, Fields("\"required\"", fields))),
            new[] { """get_weather{"city":"فاس"}""", """get_time{"zone":"UTC"}""" });
        Assert.Equal("""get_time{"zone":"UTC"}""", Called(await ToolServer.ChoiceAsync(server, Fields(NamedTime, fields))));
    }

    [Fact]
    public async Task A_named_function_is_called_once_unless_several_calls_are_asked_for()
    {
        await using var server = await StartAsync("<tool_call>", string.Concat(
            Enumerable.Repeat("<tool_call>\n{\"name\": \"get_time\", \"arguments\": {\"zone\": \"UTC\"}}\n</tool_call>\n", 3)));
        const string Once = """get_time{"zone":"UTC"}""";
        Assert.Equal(Once, Called(await ToolServer.ChoiceAsync(server, Fields(NamedTime))));
        var several = Called(await ToolServer.ChoiceAsync(server, Fields(NamedTime, """{"parallel_tool_calls":true}""")));
        Assert.StartsWith($"{Once} {Once}", several);
    }

    [Fact]
    public async Task A_function_without_parameters_is_called_with_none()
    {
        await using var server = await StartAsync("<tool_call>", "I would rather talk.");
        var fields = new JsonObject
        {
            ["tools"] = JsonNode.Parse("""[{"type":"function","function":{"name":"ring"}}]"""),
            ["tool_choice"] = "required",
            ["parallel_tool_calls"] = false,
        };
        Assert.Equal("ring{}", Called(await ToolServer.ChoiceAsync(server, fields)));
    }

    [Fact]
    public async Task A_model_that_calls_of_itself_goes_on_as_it_would_and_streams_it()
    {
        await using var server = await StartAsync("<tool_call>",
            "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"فاس\"}}");
        Assert.Equal("""get_weather{"city":"فاس"}""", Called(await ToolServer.ChoiceAsync(server, Fields("\"required\""))));
        var deltas = (await ToolServer.ChunksAsync(server, Fields("\"required\"")))
            .SelectMany(chunk => chunk["delta"]!["tool_calls"]?.AsArray() ?? []).ToList();
        Assert.Equal("get_weather", (string)deltas[0]!["function"]!["name"]!);
        Assert.Equal("{\"city\": \"فاس\"}", string.Concat(deltas.Select(delta => (string)delta!["function"]!["arguments"]!)));
    }

    [Theory]
    [InlineData("""{"max_tokens":4}""")]
    [InlineData("""{"stop":["name"]}""")]
    public async Task A_call_that_is_cut_before_its_name_is_known_leaves_nothing(string more)
    {
        await using var server = await StartAsync("<tool_call>", "I would rather talk.");
        var choice = await ToolServer.ChoiceAsync(server, Fields("\"required\"", more));
        Assert.Equal(("length", ""), ((string)choice["finish_reason"]!, (string)choice["message"]!["content"]!));
        Assert.Null(choice["message"]!["tool_calls"]);
    }

    [Fact]
    public async Task A_forced_call_that_a_stop_string_cuts_off_holds_what_came_before()
    {
        await using var server = await StartAsync("<tool_call>", "I would rather talk.");
        var choice = await ToolServer.ChoiceAsync(server, Fields(NamedTime, """{"stop":["UTC"]}"""));
        Assert.Equal("length", (string)choice["finish_reason"]!);
        var cut = (string)choice["message"]!["tool_calls"]![0]!["function"]!["arguments"]!;
        Assert.Equal("{\"zone\":\"", string.Concat(cut.Where(each => !char.IsWhiteSpace(each))));
    }

    [Fact]
    public async Task The_prompt_ends_with_the_opening_of_a_call()
    {
        await using var server = await StartAsync("<tool_call>", "x");
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(Fields(NamedTime, """{"return_token_ids":true}""")));
        var prompt = TinyText.Tokenizer.Decode(reply["prompt_token_ids"]!.AsArray().Select(id => (int)id!).ToArray(), false);
        Assert.EndsWith("<|im_start|>assistant\n<tool_call>\n", prompt, StringComparison.Ordinal);
        Assert.Equal(reply["prompt_token_ids"]!.AsArray().Count, (int)reply["usage"]!["prompt_tokens"]!);
    }

    [Theory]
    [InlineData("auto", "get_time", "<tool_call>{\"name\": \"get_weather\", \"arguments\": {}}</tool_call>", null)]
    [InlineData("auto", "get_weather", null, "get_weather{}")]
    [InlineData("required", "get_time", null, "get_time{\"zone\":\"UTC\"}")]
    public async Task Of_allowed_tools_only_the_allowed_are_called(string mode, string allowed, string? text, string? called)
    {
        await using var server = await StartAsync("<tool_call>", "<tool_call>{\"name\": \"get_weather\", \"arguments\": {}}</tool_call>");
        var choice = await ToolServer.ChoiceAsync(server, Fields($$$"""
            {"type":"allowed_tools","allowed_tools":{"mode":"{{{mode}}}","tools":[{"type":"function","function":{"name":"{{{allowed}}}"}}]}}
            """).Without("strict"));
        if (text is null) Assert.Equal(called, Called(choice));
        else Assert.Equal(text, (string)choice["message"]!["content"]!);
    }

    [Fact]
    public async Task A_schema_that_nothing_fits_is_refused_by_name()
    {
        await using var server = await StartAsync("<tool_call>", "x");
        var http = await server.ChatAsync(JsonNode.Parse("""
            {"tool_choice":"required","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object",
             "properties":{"a":false},"required":["a"]}}}]}
            """)!.AsObject());
        Assert.Equal("tools", (string?)(await RunningServer.JsonAsync(http))["error"]!["param"]);
    }

    [Fact]
    public async Task Parameters_as_deep_as_a_body_may_be_are_kept_to()
    {
        // Five levels of the body lie around the parameters, which fill the 64 that are read.
        var parameters = """{"properties":{}}""";
        for (var level = 7; level < 64; level += 2) parameters = $"{{\"properties\":{{\"a\":{parameters}}}}}";
        await using var server = await StartAsync("[TOOL_CALLS]", "x");
        var fields = $"{{\"tools\":[{{\"type\":\"function\",\"function\":{{\"name\":\"f\",\"parameters\":{parameters}}}}}]}}";
        var body = RunningServer.ChatBody();
        body["tool_choice"] = "required";
        body["max_tokens"] = 1;
        var http = await server.PostAsync("/v1/chat/completions", $"{body.ToJsonString()[..^1]},{fields[1..]}");
        Assert.True(http.IsSuccessStatusCode, await http.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}

static class ToolFields
{
    /// <summary>The request with a field left out of all its functions.</summary>
    public static JsonObject Without(this JsonObject fields, string field)
    {
        foreach (var tool in fields["tools"]!.AsArray()) tool!["function"]!.AsObject().Remove(field);
        return fields;
    }
}
