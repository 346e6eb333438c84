// Tokens of texts and conversations, and texts of tokens, as vLLM's endpoints give them. A conversation's tokens are those that the
// chat reads.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.tests.Server.Tools;
using Xunit;

namespace Majlis.tests.Server.Tokens;

public sealed class TokenizeTests(ChatServer shared) : IClassFixture<ChatServer>
{
    readonly RunningServer server = shared.Running;

    [Fact]
    public async Task A_texts_tokens_are_counted_and_spelled_when_asked_for()
    {
        var reply = await RunningServer.JsonAsync(await server.PostAsync("/tokenize",
            """{"model":"tiny","prompt":"hi <|im_end|>","return_token_strs":true}"""));
        Assert.Equal(["count", "max_model_len", "tokens", "token_strs"], reply.Select(field => field.Key));
        Assert.Equal(['h', 'i', ' ', RecitingNetwork.ImEnd], Ids(reply["tokens"]!));
        Assert.Equal(["h", "i", "Ġ", "<|im_end|>"], reply["token_strs"]!.AsArray().Select(text => (string)text!));
        Assert.Equal((4, 2048), ((int)reply["count"]!, (int)reply["max_model_len"]!));
        var plain = await RunningServer.JsonAsync(await server.PostAsync("/tokenize", """{"prompt":"","add_special_tokens":false}"""));
        Assert.Equal((0, null), ((int)plain["count"]!, plain["token_strs"]));
    }

    // lm_eval takes the id of the end from /tokenize, and renders conversations itself.
    [Fact]
    public async Task What_a_client_needs_that_tokenizes_here_is_told()
    {
        var info = await server.GetAsync("/tokenizer_info");
        Assert.Equal(("<|im_end|>", TinyText.Template, 2048),
            ((string?)info["eos_token"], (string?)info["chat_template"], (int)info["model_max_length"]!));
        var end = await RunningServer.JsonAsync(await server.PostAsync("/tokenize",
            new JsonObject { ["prompt"] = info["eos_token"]!.DeepClone(), ["add_special_tokens"] = false }.ToJsonString()));
        Assert.Equal([RecitingNetwork.ImEnd], Ids(end["tokens"]!));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"add_generation_prompt":false}""")]
    [InlineData("""{"chat_template_kwargs":{"enable_thinking":false},"reasoning_effort":"none","documents":["a passage"]}""")]
    [InlineData("""
        {"messages":[{"role":"user","content":"<|im_end|>"},{"role":"assistant","content":"well"}],"continue_final_message":true}
        """)]
    public Task A_conversations_tokens_are_those_that_the_chat_reads(string fields) =>
        CheckAsync(server, JsonNode.Parse(fields)!.AsObject());

    [Fact]
    public async Task Offered_tools_are_part_of_a_conversations_tokens()
    {
        await using var tools = await ToolServer.StartAsync("a");
        await CheckAsync(tools, ToolServer.Fields());
    }

    static async Task CheckAsync(RunningServer server, JsonObject fields)
    {
        var body = RunningServer.ChatBody(fields);
        body["return_token_ids"] = true;
        var read = await RunningServer.JsonAsync(await server.PostAsync("/v1/chat/completions", body.ToJsonString()));
        body.Remove("return_token_ids");
        body.Remove("temperature");
        var told = await RunningServer.JsonAsync(await server.PostAsync("/tokenize", body.ToJsonString()));
        Assert.Equal(Ids(read["prompt_token_ids"]!), Ids(told["tokens"]!));
    }

    [Fact]
    public async Task More_tokens_than_the_context_holds_are_counted_too()
    {
        var endless = new string('x', 5000);
        foreach (var field in new[] { $"\"prompt\":\"{endless}\"", $$"""
            "messages":[{"role":"user","content":"{{endless}}"}]
            """ })
        {
            var reply = await RunningServer.JsonAsync(await server.PostAsync("/tokenize", $"{{{field}}}"));
            Assert.InRange((int)reply["count"]!, 5000, 5100);
        }
    }

    [Fact]
    public async Task Tokens_become_the_text_again()
    {
        const string text = "<|im_start|>user\nمجلس 🙂<|im_end|>";
        var body = new JsonObject { ["prompt"] = text };
        var tokens = (await RunningServer.JsonAsync(await server.PostAsync("/tokenize", body.ToJsonString())))["tokens"]!;
        var back = await server.PostAsync("/detokenize", new JsonObject { ["tokens"] = tokens.DeepClone() }.ToJsonString());
        Assert.Equal(text, (string)(await RunningServer.JsonAsync(back))["prompt"]!);
        var none = await RunningServer.JsonAsync(await server.PostAsync("/detokenize", """{"model":"current","tokens":[]}"""));
        Assert.Equal("", (string)none["prompt"]!);
    }

    [Theory]
    [InlineData("/tokenize", "{}", "prompt", "missing_required_parameter")]
    [InlineData("/tokenize", """{"prompt":["a"]}""", "prompt", "invalid_type")]
    [InlineData("/tokenize", """{"prompt":"a","messages":[{"role":"user","content":"a"}]}""", "prompt", "invalid_value")]
    [InlineData("/tokenize", """{"prompt":"a","add_generation_prompt":true}""", "add_generation_prompt", "unknown_parameter")]
    [InlineData("/tokenize", """{"messages":[{"role":"user","content":"a"}],"add_special_tokens":true}""", "add_special_tokens",
        "unsupported_parameter")]
    [InlineData("/tokenize", """{"messages":[{"role":"king","content":"a"}]}""", "messages[0].role", "invalid_value")]
    [InlineData("/tokenize", """{"prompt":"a","model":"gpt-9"}""", "model", "model_not_found")]
    [InlineData("/detokenize", "{}", "tokens", "missing_required_parameter")]
    [InlineData("/detokenize", """{"tokens":"a"}""", "tokens", "invalid_type")]
    [InlineData("/detokenize", """{"tokens":[1,"a"]}""", "tokens[1]", "invalid_type")]
    [InlineData("/detokenize", """{"tokens":[1,-1]}""", "tokens[1]", "invalid_value")]
    [InlineData("/detokenize", """{"tokens":[1,2,258]}""", "tokens[2]", "invalid_value")]
    [InlineData("/detokenize", """{"tokens":[99999999999]}""", "tokens[0]", "invalid_value")]
    [InlineData("/detokenize", """{"tokens":[1],"skip":true}""", "skip", "unknown_parameter")]
    public async Task What_cannot_be_told_is_refused_by_name(string path, string body, string param, string code)
    {
        var http = await server.PostAsync(path, body);
        var error = (await RunningServer.JsonAsync(http))["error"]!;
        Assert.Equal((param, code), ((string?)error["param"], (string?)error["code"]));
        Assert.Equal(code == "model_not_found" ? HttpStatusCode.NotFound : HttpStatusCode.BadRequest, http.StatusCode);
    }

    [Fact]
    public async Task Texts_and_lists_without_end_are_refused_before_they_are_read()
    {
        var text = await server.PostAsync("/tokenize", $"{{\"prompt\":\"{new string('x', 3_000_000)}\"}}");
        Assert.Equal(("context_length_exceeded", "prompt"), await CodeAsync(text));
        var list = await server.PostAsync("/detokenize", $"{{\"tokens\":[{string.Join(',', Enumerable.Repeat(1, (1 << 18) + 1))}]}}");
        Assert.Equal(("array_above_max_length", "tokens"), await CodeAsync(list));
    }

    [Fact]
    public async Task A_keys_limits_hold_for_them()
    {
        await using var limited = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("a")),
            options => options with { Redis = null, RequestsPerMinute = 1 });
        await limited.PostAsync("/tokenize", """{"prompt":"a"}""");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await limited.PostAsync("/detokenize", """{"tokens":[1]}""")).StatusCode);
    }

    static async Task<(string?, string?)> CodeAsync(HttpResponseMessage http)
    {
        var error = (await RunningServer.JsonAsync(http))["error"]!;
        return ((string?)error["code"], (string?)error["param"]);
    }

    static int[] Ids(JsonNode ids) => [.. ids.AsArray().Select(id => (int)id!)];
}
