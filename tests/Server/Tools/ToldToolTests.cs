// Tools for templates that show none: the prompt tells of them in words, calls come back as calls, and results go on as the user's turn.
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server.Tools;

public sealed class ToldToolTests
{
    const string Hermes = "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Fes\"}}\n</tool_call>";
    const string Gemma = "{\"name\": \"get_weather\", \"parameters\": {\"city\": \"Fes\"}}";

    // Shows only what Gemma's template does: turns, and neither tools nor a system.
    const string Turns = """
        {%- for message in messages %}{{ raise_exception('no ' + message.role) if message.role not in ['user', 'assistant'] }}
        {{- raise_exception('turns') if (message.role == 'user') != (loop.index0 % 2 == 0) }}
        {{- '<start_of_turn>' + message.role + '\n' + message.content + '<end_of_turn>\n' }}{% endfor %}
        {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
        """;

    static async Task<(JsonNode Choice, string Prompt)> AskAsync(string template, string says, JsonObject fields)
    {
        await using var server = await ToolServer.StartAsync(template, options => options, says);
        fields["return_token_ids"] = true;
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(ToolServer.Fields(fields.ToJsonString())));
        return (reply["choices"]![0]!, TinyText.Tokenizer.Decode(
            reply["prompt_token_ids"]!.AsArray().Select(id => (int)id!).ToArray(), skipSpecialTokens: false));
    }

    [Theory]
    [InlineData(TinyText.Template, Hermes)]
    [InlineData(Turns, Gemma)]
    [InlineData("{{ '' if documents else tools }}[func_name1(" + TinyText.Template, Hermes, true)]
    public async Task A_template_without_a_place_for_tools_is_told_of_them(string template, string says, bool documents = false)
    {
        var (choice, prompt) = await AskAsync(template, says, documents ? new() { ["documents"] = new JsonArray("a text") } : []);
        var call = choice["message"]!["tool_calls"]!.AsArray().Single()!["function"]!;
        Assert.Equal(("get_weather", "{\"city\": \"Fes\"}"), ((string)call["name"]!, (string)call["arguments"]!));
        Assert.Contains("\"description\":\"Tells the weather\"", prompt, StringComparison.Ordinal);
        Assert.Contains(says.Replace("get_weather", "NAME", StringComparison.Ordinal).Replace("city", "PARAMETER", StringComparison.Ordinal)
            .Replace("Fes", "VALUE", StringComparison.Ordinal), prompt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TinyText.Template, Hermes)]
    [InlineData(Turns, Gemma)]
    public async Task Calls_and_their_results_are_turns_that_every_template_knows(string template, string written)
    {
        var (choice, prompt) = await AskAsync(template, "Sunny.", JsonNode.Parse("""
            {"messages":[{"role":"user","content":"hi"},
             {"role":"assistant","content":"I look.","tool_calls":[
               {"id":"a","type":"function","function":{"name":"get_weather","arguments":"{\"city\": \"Fes\"}"}},
               {"id":"b","type":"function","function":{"name":"get_time","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"a","content":"21"},{"role":"tool","tool_call_id":"b","content":"noon"},
             {"role":"user","content":"and now?"}]}
            """)!.AsObject());
        Assert.Equal("Sunny.", (string)choice["message"]!["content"]!);
        Assert.Contains($"I look.\n{written}\n", prompt, StringComparison.Ordinal);
        Assert.Contains("Result of get_weather:\n21\n\nResult of get_time:\nnoon\n\nand now?", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_system_turn_tells_of_the_tools_where_there_is_one_and_a_call_can_be_forced()
    {
        var (choice, prompt) = await AskAsync(TinyText.Template, "No.", JsonNode.Parse("""
            {"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"hi"}],"parallel_tool_calls":false,
             "tool_choice":{"type":"function","function":{"name":"get_time"}}}
            """)!.AsObject());
        Assert.Contains("system\nBe brief.\n\nYou can call functions.", prompt, StringComparison.Ordinal);
        Assert.Contains("user\nhi<|im_end|>", prompt, StringComparison.Ordinal);
        Assert.Equal("get_time", (string)choice["message"]!["tool_calls"]![0]!["function"]!["name"]!);
    }
}
