// What the Responses API refuses, with the field that the client sent.
using System.Net;
using Xunit;

namespace Majlis.tests.Server.Responses;

public sealed class ResponseRefusalTests(ChatServer shared) : IClassFixture<ChatServer>
{
    [Theory]
    [InlineData("""{"input":7}""", "input", "invalid_type")]
    [InlineData("""{"input":[]}""", "input", "invalid_value")]
    [InlineData("""{"input":[{"role":"robot","content":"x"}]}""", "input[0].role", "invalid_value")]
    [InlineData("""{"input":[{"role":"user"}]}""", "input[0].content", "missing_required_parameter")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image","image_url":"x"}]}]}""", "input[0].content[0].type",
        "invalid_value")]
    [InlineData("""{"input":[{"type":"mcp_call"}]}""", "input[0].type", "invalid_value")]
    [InlineData("""{"input":[{"type":"function_call_output","call_id":"c","output":"x"}]}""", "input", "invalid_value")]
    [InlineData("""{"input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]}""", "input", "invalid_value")]
    [InlineData("""{"input":[{"type":"item_reference","id":"msg_none"}]}""", "input[0].id", "invalid_value")]
    [InlineData("""{"input":[{"type":"item_reference"}]}""", "input[0].id", "missing_required_parameter")]
    [InlineData("""{"tools":[{"type":"web_search"}]}""", "tools[0].type", "unsupported_parameter")]
    [InlineData("""{"tools":[{"type":"function","name":"a b"}]}""", "tools[0].name", "invalid_value")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"f"}}]}""", "tools[0].name", "missing_required_parameter")]
    [InlineData("""{"tool_choice":"required"}""", "tool_choice", "invalid_value")]
    [InlineData("""{"text":{"format":{"type":"json_schema","schema":{}}}}""", "text.format.name", "missing_required_parameter")]
    [InlineData("""{"text":{"format":{"type":"json_schema","name":"a","schema":{"type":"none"}}}}""", "text.format.schema",
        "invalid_value")]
    [InlineData("""{"text":{"format":{"type":{"type":"text"}}}}""", "text.format.type", "invalid_type")]
    [InlineData("""{"text":{"verbosity":"low"}}""", "text.verbosity", "unsupported_parameter")]
    [InlineData("""{"reasoning":{"effort":"high"}}""", "reasoning.effort", "unsupported_parameter")]
    [InlineData("""{"reasoning":{"summary":"detailed"}}""", "reasoning.summary", "unsupported_parameter")]
    [InlineData("""{"include":["everything"]}""", "include[0]", "invalid_value")]
    [InlineData("""{"max_output_tokens":0}""", "max_output_tokens", "invalid_value")]
    [InlineData("""{"max_output_tokens":99999}""", "input", "context_length_exceeded")]
    [InlineData("""{"metadata":{"k":1}}""", "metadata.k", "invalid_type")]
    [InlineData("""{"input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}","namespace":"n"}]}""",
        "input[0].namespace", "unsupported_parameter")]
    [InlineData("""{"input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}","caller":{"type":"program"}}]}""",
        "input[0].caller.type", "invalid_value")]
    [InlineData("""{"prompt_cache_retention":"24h"}""", "prompt_cache_retention", "unsupported_parameter")]
    [InlineData("""{"prompt_cache_options":{"mode":"explicit"}}""", "prompt_cache_options", "unsupported_parameter")]
    [InlineData("""{"conversation":"conv_1"}""", "conversation", "unsupported_parameter")]
    [InlineData("""{"prompt":{"id":"p"}}""", "prompt", "unsupported_parameter")]
    [InlineData("""{"background":true,"store":false}""", "background", "invalid_value")]
    [InlineData("""{"messages":[]}""", "messages", "unknown_parameter")]
    [InlineData("""{"max_tokens":5}""", "max_tokens", "unknown_parameter")]
    public async Task A_wrong_field_is_named(string more, string param, string code)
    {
        var reply = await shared.Running.PostAsync(Asked.Path, Asked.Body(more).ToJsonString());
        var error = await RunningServer.ErrorAsync(reply);
        Assert.Equal((HttpStatusCode.BadRequest, param, code), (reply.StatusCode, (string?)error["param"], (string?)error["code"]));
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_404()
    {
        var reply = await shared.Running.PostAsync(Asked.Path, """{"model":"nobody","input":"x"}""");
        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
    }

    [Fact]
    public async Task What_asks_for_what_happens_anyway_is_answered()
    {
        var reply = await shared.Running.PostAsync(Asked.Path, Asked.Body("""
            {"prompt_cache_options":{"mode":"implicit","ttl":"30m"},"prompt_cache_retention":"in_memory","store":false,"input":[
             {"role":"user","content":"x"},
             {"type":"function_call","call_id":"c","name":"f","arguments":"{}","caller":{"type":"direct"},"namespace":null},
             {"type":"function_call_output","call_id":"c","output":"1","caller":{"type":"direct"}}]}
            """).ToJsonString());
        var said = await RunningServer.JsonAsync(reply);
        Assert.Equal((HttpStatusCode.OK, "implicit"), (reply.StatusCode, (string?)said["prompt_cache_options"]?["mode"]));
    }

    [Fact]
    public async Task Keeping_that_the_client_asks_for_is_503_while_the_store_is_away()
    {
        var reply = await shared.Running.PostAsync(Asked.Path, Asked.Body("""{"store":true}""").ToJsonString());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
    }
}
