// Answers in which a model may call: the arguments of strict tools fit once a call has begun, and where a format is wanted as well, the
// answer is in the format or a call. Whatever the model would say.
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server.Tools;

public sealed class HeldAnswerTests
{
    const string Wrong = "I look.\n<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"town\": 7}}\n</tool_call>";

    const string Format = """{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"const":"yes"}}}}""";

    static JsonObject Fields(bool strict, string more = "{}")
    {
        var fields = ToolServer.Fields(more);
        fields["tools"] = JsonNode.Parse("""
            [{"type":"function","function":{"name":"get_weather","parameters":
              {"type":"object","properties":{"city":{"const":"فاس"}},"required":["city"],"additionalProperties":false}}}]
            """);
        fields["tools"]![0]!["function"]!["strict"] = strict;
        return fields;
    }

    static string Arguments(JsonNode choice) => (string)choice["message"]!["tool_calls"]!.AsArray().Single()!["function"]!["arguments"]!;

    [Fact]
    public async Task A_call_of_a_strict_tool_fits_its_schema_and_the_text_before_it_is_free()
    {
        await using var server = await ToolServer.StartAsync(Wrong);
        var held = await ToolServer.ChoiceAsync(server, Fields(strict: true, """{"parallel_tool_calls":false}"""));
        Assert.Equal("فاس", (string)JsonNode.Parse(Arguments(held))!["city"]!);
        Assert.Equal(("I look.", "tool_calls"), ((string)held["message"]!["content"]!, (string)held["finish_reason"]!));
        Assert.Equal("{\"town\": 7}", Arguments(await ToolServer.ChoiceAsync(server, Fields(strict: false))));
    }

    [Fact]
    public async Task A_text_without_calls_is_left_as_it_is()
    {
        const string text = "\n<tool> {\"name\": 1}, and that was all. ";
        await using var server = await ToolServer.StartAsync(text);
        var free = await ToolServer.ChoiceAsync(server, Fields(strict: false));
        var held = await ToolServer.ChoiceAsync(server, Fields(strict: true));
        Assert.Equal((string)free["message"]!["content"]!, (string)held["message"]!["content"]!);
        Assert.Equal("stop", (string)held["finish_reason"]!);
    }

    [Theory]
    [InlineData(false, "{\"town\": 7}")]
    [InlineData(true, null)]
    public async Task Beside_a_format_a_model_that_calls_makes_nothing_but_calls(bool strict, string? arguments)
    {
        await using var server = await ToolServer.StartAsync(Wrong["I look.\n".Length..]);
        var choice = await ToolServer.ChoiceAsync(server, Fields(strict, Format));
        Assert.Null(choice["message"]!["content"]);
        if (arguments is not null) Assert.Equal(arguments, Arguments(choice));
        else Assert.Equal("فاس", (string)JsonNode.Parse(Arguments(choice))!["city"]!);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"stream":true}""")]
    public async Task Beside_a_format_a_model_that_talks_keeps_to_it(string more)
    {
        await using var server = await ToolServer.StartAsync("\"yes, I think");
        var fields = Fields(strict: true, Format);
        if (more == "{}") Assert.Equal("\"yes\"", (string)(await ToolServer.ChoiceAsync(server, fields))["message"]!["content"]!);
        else Assert.Equal("\"yes\"", string.Concat((await ToolServer.ChunksAsync(server, fields))
            .Select(chunk => (string?)chunk["delta"]!["content"])));
    }

    [Fact]
    public async Task Where_a_call_must_be_made_a_format_for_texts_changes_nothing()
    {
        await using var server = await ToolServer.StartAsync("\"yes");
        var fields = Fields(strict: false, Format);
        (fields["tool_choice"], fields["parallel_tool_calls"]) = ("required", false);
        Assert.Equal("فاس", (string)JsonNode.Parse(Arguments(await ToolServer.ChoiceAsync(server, fields)))!["city"]!);
    }

    [Theory]
    [InlineData("""{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"$ref":"#/no"}}}}""", "{}",
        "response_format.json_schema.schema")]
    [InlineData(Format, """{"type":"object","$ref":"#/no"}""", "tools")]
    public async Task What_cannot_be_kept_to_is_refused_by_its_own_field(string format, string parameters, string param)
    {
        await using var server = await ToolServer.StartAsync("x");
        var fields = Fields(strict: true, format);
        fields["tools"]![0]!["function"]!["parameters"] = JsonNode.Parse(parameters);
        Assert.Equal(param, (string?)(await RunningServer.JsonAsync(await server.ChatAsync(fields)))["error"]!["param"]);
    }
}
