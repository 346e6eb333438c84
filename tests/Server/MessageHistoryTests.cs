// Histories as clients resend them: valid ones are answered; a tool answer without a call is refused by the field's name.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server;

public sealed class MessageHistoryTests(ChatServer shared) : IClassFixture<ChatServer>
{
    const string Ask = """{"role":"user","content":"hi"}""";
    const string Head = """
        {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":
        """;
    const string Call = Head + "\"{}\"}}]}";
    const string Broken = Head + """ "{\"a\": "}}]}""";
    const string Surrogate = Head + """ "{\"a\":1,\"a\":[\"\\ud800\"]}"}}]}""";
    const string Custom = """{"role":"assistant","tool_calls":[{"id":"c1","type":"custom","custom":{"name":"f","input":"ls"}}]}""";
    const string Resent = """
        {"role":"assistant","refusal":null,"annotations":[],"provider_specific_fields":{"x":[1]},
         "tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}
        """;
    const string FromAgents = """
        {"role":"assistant","content":[{"type":"text","text":"well","role":"assistant","refusal":null,
         "annotations":[{"type":"url_citation"}],"citations":[{"start":0}],"reasoning_content":"so"}]}
        """;
    const string Answer = """{"role":"tool","tool_call_id":"c1","content":"ok"}""";
    const string Old = """{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}}""";
    const string Developer = """
        {"role":"developer","content":[{"type":"text","text":"a"},{"type":"text","text":"b","prompt_cache_breakpoint":{"mode":"explicit"}}]}
        """;

    readonly RunningServer server = shared.Running;

    public static TheoryData<string> Faults => Directory.Exists(Shared.Data("faults", "requests"))
        ? [.. Directory.EnumerateFiles(Shared.Data("faults", "requests")).Select(file => Path.GetFileName(file)!).Order()] : ["absent"];

    [Theory, MemberData(nameof(Faults))]
    public async Task Requests_that_once_failed_are_answered_and_an_orphan_is_not(string file)
    {
        var body = await File.ReadAllTextAsync(Shared.Require(Shared.Data("faults", "requests", file)),
            TestContext.Current.CancellationToken);
        var http = await server.PostAsync("/v1/chat/completions", body);
        Assert.Equal(file == "orphan-tool.json" ? HttpStatusCode.BadRequest : HttpStatusCode.OK, http.StatusCode);
    }

    [Theory]
    [InlineData("assistant\n<|im_end|>", Call, Answer)]
    [InlineData("assistant\n<|im_end|>", Broken, Answer)]
    [InlineData("assistant\n<|im_end|>", Surrogate, Answer)]
    [InlineData("assistant\n<|im_end|>", Custom, Answer)]
    [InlineData("assistant\n<|im_end|>", Resent, Answer)]
    [InlineData("assistant\nNo.<|im_end|>", """{"role":"assistant","content":"","refusal":"No."}""")]
    [InlineData("assistant\nNo.<|im_end|>", """{"role":"assistant","content":null,"refusal":"No."}""")]
    [InlineData("assistant\nNo.<|im_end|>", """{"role":"assistant","content":[{"type":"refusal","refusal":"No."}]}""")]
    [InlineData("assistant\nwell\nno<|im_end|>",
        """{"role":"assistant","content":[{"type":"text","text":"well"},{"type":"refusal","refusal":"no"}]}""")]
    [InlineData("assistant\nwell<|im_end|>", """{"role":"assistant","content":"well","tool_calls":[]}""")]
    [InlineData("assistant\nwell<|im_end|>", FromAgents)]
    [InlineData("tool\n1<|im_end|>", Old, """{"role":"function","name":"f","content":"1"}""")]
    [InlineData("tool\n<|im_end|>", Old, """{"role":"function","name":"f","content":null}""")]
    [InlineData("system\na\nb<|im_end|>", Developer)]
    public async Task What_the_specification_knows_is_answered(string expected, params string[] history)
    {
        var http = await PostAsync([Ask, .. history, Ask]);
        Assert.True(http.StatusCode == HttpStatusCode.OK, await http.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var prompt = (await RunningServer.JsonAsync(http))["prompt_token_ids"]!.AsArray().Select(id => (int)id!).ToArray();
        Assert.Contains(expected, TinyText.Tokenizer.Decode(prompt, skipSpecialTokens: false), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("messages[1].role", Ask, """{"role":"tool","tool_call_id":"nope","content":"1"}""")]
    [InlineData("messages[2].tool_call_id", Ask, Call, """{"role":"tool","tool_call_id":"c2","content":"1"}""")]
    [InlineData("messages[1].tool_calls", Ask, Call)]
    [InlineData("messages[1].tool_calls", Ask, Call, Ask, Answer)]
    [InlineData("messages[3].role", Ask, """{"role":"assistant","content":"done"}""", Ask, Answer)]
    [InlineData("messages[5].tool_call_id", Ask, Custom, Answer, Ask,
        """{"role":"assistant","tool_calls":[{"id":"c9","type":"custom","custom":{"name":"f","input":""}}]}""", Answer)]
    [InlineData("messages[1].audio", Ask, """{"role":"assistant","content":"x","audio":{"id":"a"}}""")]
    [InlineData("messages[0].content[0].type", """{"role":"user","content":[{"type":"refusal","refusal":"no"}]}""")]
    [InlineData("messages[0].content[0].role", """{"role":"user","content":[{"type":"text","text":"no","role":"user"}]}""")]
    [InlineData("messages[1].content[0].role", Ask, """{"role":"assistant","content":[{"type":"text","text":"no","role":"user"}]}""")]
    [InlineData("messages[0].name", """{"role":"function","content":"1"}""")]
    [InlineData("messages[1].content", Ask, """{"role":"assistant","content":null,"tool_calls":[]}""")]
    [InlineData("messages[1].tool_calls[0].function.arguments", Ask,
        """{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f"}}]}""")]
    public async Task What_no_call_asked_for_is_refused_by_name(string param, params string[] messages)
    {
        var http = await PostAsync(messages);
        var error = (await RunningServer.JsonAsync(http))["error"]!;
        Assert.Equal((HttpStatusCode.BadRequest, param), (http.StatusCode, (string?)error["param"]));
    }

    [Fact]
    public async Task An_answer_that_goes_on_may_have_called_before()
    {
        var begun = Call.Replace("null", "\"Hello\"", StringComparison.Ordinal);
        var http = await server.PostAsync("/v1/chat/completions",
            $$"""{"model":"current","continue_final_message":true,"messages":[{{Ask}},{{begun}}]}""");
        Assert.Equal(HttpStatusCode.OK, http.StatusCode);
    }

    Task<HttpResponseMessage> PostAsync(string[] messages) => server.PostAsync("/v1/chat/completions",
        $$"""{"model":"current","temperature":0,"max_tokens":2,"return_token_ids":true,"messages":[{{string.Join(',', messages)}}]}""");
}
