// What a request may say of tools, what is refused by the field's name, and that a model's template decides whether tools are served.
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server.Tools;

public sealed class ToolRequestTests(ToolServer shared) : IClassFixture<ToolServer>
{
    readonly RunningServer server = shared.Running;

    const string F = """{"type":"function","function":{"name":"f"}}""";

    static string ManyTools => string.Join(',', Enumerable.Range(0, 129).Select(number => F.Replace("\"f\"", $"\"f{number}\"",
        StringComparison.Ordinal)));

    [Theory]
    [InlineData("""{"tools":{}}""", "tools", "invalid_type")]
    [InlineData("""{"tools":[7]}""", "tools[0]", "invalid_type")]
    [InlineData("""{"tools":[{"function":{"name":"f"}}]}""", "tools[0].type", "missing_required_parameter")]
    [InlineData("""{"tools":[{"type":"custom","custom":{"name":"f"}}]}""", "tools[0].type", "invalid_value")]
    [InlineData("""{"tools":[{"type":"function"}]}""", "tools[0].function", "missing_required_parameter")]
    [InlineData("""{"tools":[{"type":"function","function":{}}]}""", "tools[0].function.name", "missing_required_parameter")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":""}}]}""", "tools[0].function.name", "invalid_value")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"two words"}}]}""", "tools[0].function.name", "invalid_value")]
    [InlineData("""{"tools":[F,F]}""", "tools[1].function.name", "invalid_value")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"f","description":7}}]}""",
        "tools[0].function.description", "invalid_type")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"f","parameters":[]}}]}""",
        "tools[0].function.parameters", "invalid_type")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"string"}}}]}""",
        "tools[0].function.parameters.type", "invalid_value")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"f","colour":1}}]}""", "tools[0].function.colour", "unknown_parameter")]
    [InlineData("""{"tools":[{"type":"function","name":"f","function":{"name":"f"}}]}""", "tools[0].name", "unknown_parameter")]
    [InlineData("""{"tools":[F],"tool_choice":"always"}""", "tool_choice", "invalid_value")]
    [InlineData("""{"tools":[F],"tool_choice":7}""", "tool_choice", "invalid_type")]
    [InlineData("""{"tools":[F],"tool_choice":{"type":"function","function":{"name":"g"}}}""", "tool_choice", "invalid_value")]
    [InlineData("""{"tools":[F],"tool_choice":{"type":"function"}}""", "tool_choice.function", "missing_required_parameter")]
    [InlineData("""{"tools":[F],"tool_choice":{"name":"f"}}""", "tool_choice.type", "missing_required_parameter")]
    [InlineData("""{"tools":[],"tool_choice":"required"}""", "tool_choice", "invalid_value")]
    [InlineData("""{"tools":[F],"tool_choice":{"type":"allowed_tools"}}""", "tool_choice.allowed_tools", "missing_required_parameter")]
    [InlineData("""{"tools":[F],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[]}}}""",
        "tool_choice.allowed_tools.tools", "invalid_value")]
    [InlineData("""{"tools":[F],"tool_choice":{"type":"allowed_tools","allowed_tools":{"tools":[F]}}}""",
        "tool_choice.allowed_tools.mode", "missing_required_parameter")]
    [InlineData("""{"tools":[F],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":["""
        + """{"type":"function","function":{"name":"g"}}]}}}""", "tool_choice", "invalid_value")]
    [InlineData("""{"tool_choice":{"type":"function","function":{"name":"f"}}}""", "tool_choice", "invalid_value")]
    [InlineData("""{"tools":[F],"parallel_tool_calls":"no"}""", "parallel_tool_calls", "invalid_type")]
    [InlineData("""{"parallel_tool_calls":false}""", "parallel_tool_calls", "invalid_value")]
    public async Task Bad_tools_are_refused_by_name(string fields, string param, string code) =>
        await RefusedAsync(server, fields.Replace("F", F, StringComparison.Ordinal), param, code);

    [Fact]
    public async Task More_tools_than_openai_takes_are_refused() =>
        await RefusedAsync(server, $$"""{"tools":[{{ManyTools}}]}""", "tools", "array_above_max_length");

    [Theory]
    [InlineData("""{"tools":[F],"tool_choice":"auto","parallel_tool_calls":true}""")]
    [InlineData("""{"tools":[F],"tool_choice":null,"parallel_tool_calls":null}""")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"a.b-c_D9","description":null,"parameters":null,"strict":null}}]}""")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"f","parameters":{"$schema":"x","additionalProperties":false}}}]}""")]
    [InlineData("""{"tool_choice":"none","tools":[]}""")]
    [InlineData("""{"tool_choice":"none","tools":[{"type":"function","function":{"name":"f","strict":true}}]}""")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"f","strict":true}}]}""")]
    public async Task What_clients_send_is_taken(string fields) => Assert.Equal(HttpStatusCode.OK,
        (await server.ChatAsync(JsonNode.Parse(fields.Replace("F", F, StringComparison.Ordinal))!.AsObject())).StatusCode);

    [Theory]
    [InlineData("{{ tools }}" + TinyText.Template, "", "--tool-format")]
    [InlineData(TinyText.Template, "mistral", "must know already")]
    public async Task Tools_without_a_known_format_are_refused(string template, string format, string reason)
    {
        await using var other = await ToolServer.StartAsync(template, options => options with { ToolFormat = format }, "x");
        Assert.Contains(reason, await RefusedAsync(other, $$"""{"tools":[{{F}}]}""", "tools", "unsupported_parameter"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_can_be_told_the_format()
    {
        await using var told = await ToolServer.StartAsync("{{ tools }}" + TinyText.Template,
            options => options with { ToolFormat = "pythonic" }, "[get_time(zone='Africa/Fes')]");
        var choice = await ToolServer.ChoiceAsync(told, ToolServer.Fields());
        Assert.Equal("""{"zone":"Africa/Fes"}""", (string)choice["message"]!["tool_calls"]![0]!["function"]!["arguments"]!);
    }

    [Fact]
    public async Task A_template_that_takes_back_one_call_only_gets_one()
    {
        await using var single = await ToolServer.StartAsync(
            "{% for m in messages %}{{ raise_exception('one!') if (m.tool_calls or []) | length > 1 }}{% endfor %}" + ToolServer.Template,
            options => options, ToolServer.Written);
        Assert.Single((await ToolServer.ChoiceAsync(single, ToolServer.Fields()))["message"]!["tool_calls"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"tools":[F]}""", "tools")]
    [InlineData("""{"tools":[F],"tool_choice":"auto"}""", "tools")]
    public async Task A_battle_takes_no_tools(string fields, string param)
    {
        var body = RunningServer.ChatBody(JsonNode.Parse(fields.Replace("F", F, StringComparison.Ordinal))!.AsObject());
        var http = await server.PostAsync("/v1/arena/battles", body.ToJsonString());
        Assert.Equal((HttpStatusCode.BadRequest, param),
            (http.StatusCode, (string?)(await RunningServer.JsonAsync(http))["error"]!["param"]));
    }

    static async Task<string> RefusedAsync(RunningServer server, string fields, string param, string code)
    {
        var http = await server.ChatAsync(JsonNode.Parse(fields)!.AsObject());
        var error = (await RunningServer.JsonAsync(http))["error"]!;
        Assert.Equal((HttpStatusCode.BadRequest, param, code), (http.StatusCode, (string?)error["param"], (string?)error["code"]));
        return (string)error["message"]!;
    }
}
