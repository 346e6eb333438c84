// What a completion request cannot have, refused by the name of the field.
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server.Completions;

public sealed class CompletionRefusalTests(ChatServer shared) : IClassFixture<ChatServer>
{
    [Theory]
    [InlineData("""{"prompt":null}""", "prompt", "missing_required_parameter")]
    [InlineData("""{"prompt":[]}""", "prompt", "invalid_value")]
    [InlineData("""{"prompt":""}""", "prompt", "invalid_value")]
    [InlineData("""{"prompt":[[]]}""", "prompt", "invalid_value")]
    [InlineData("""{"prompt":["a",""]}""", "prompt[1]", "invalid_value")]
    [InlineData("""{"prompt":7}""", "prompt", "invalid_type")]
    [InlineData("""{"prompt":{"text":"a"}}""", "prompt", "invalid_type")]
    [InlineData("""{"prompt":[true]}""", "prompt", "invalid_type")]
    [InlineData("""{"prompt":["a",[1]]}""", "prompt[1]", "invalid_type")]
    [InlineData("""{"prompt":[1,"a"]}""", "prompt[1]", "invalid_type")]
    [InlineData("""{"prompt":[1,2.5]}""", "prompt[1]", "invalid_value")]
    [InlineData("""{"prompt":[1,258]}""", "prompt[1]", "invalid_value")]
    [InlineData("""{"prompt":[[1],[-1]]}""", "prompt[1][0]", "invalid_value")]
    [InlineData("""{"suffix":"end"}""", "suffix", "unsupported_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":"a"}]}""", "messages", "unknown_parameter")]
    [InlineData("""{"top_logprobs":1}""", "top_logprobs", "unknown_parameter")]
    [InlineData("""{"logprobs":true}""", "logprobs", "invalid_type")]
    [InlineData("""{"logprobs":21}""", "logprobs", "invalid_value")]
    [InlineData("""{"max_tokens":-1}""", "max_tokens", "invalid_value")]
    [InlineData("""{"min_tokens":17}""", "min_tokens", "invalid_value")]
    [InlineData("""{"n":2,"best_of":1}""", "best_of", "invalid_value")]
    [InlineData("""{"best_of":2,"stream":true}""", "best_of", "invalid_value")]
    [InlineData("""{"prompt":["a","b"],"n":65}""", "prompt", "invalid_value")]
    [InlineData("""{"n":2,"best_of":129}""", "best_of", "invalid_value")]
    [InlineData("""{"prompt_logprobs":1,"stream":true}""", "prompt_logprobs", "invalid_value")]
    [InlineData("""{"stream":true,"stream_options":{"include_obfuscation":true}}""", "stream_options.include_obfuscation",
        "unsupported_parameter")]
    [InlineData("""{"max_tokens":2048}""", "prompt", "context_length_exceeded")]
    public async Task A_field_that_cannot_be_honoured_is_named(string fields, string param, string code)
    {
        var body = new JsonObject { ["model"] = "current", ["prompt"] = "a" };
        foreach (var (name, value) in JsonNode.Parse(fields)!.AsObject()) body[name] = value?.DeepClone();
        var http = await shared.Running.PostAsync("/v1/completions", body.ToJsonString());
        var error = (await RunningServer.JsonAsync(http))["error"]!;
        Assert.Equal((HttpStatusCode.BadRequest, param, code), (http.StatusCode, (string?)error["param"], (string?)error["code"]));
    }

    [Theory]
    [InlineData("""{"suffix":""}""")]
    [InlineData("""{"suffix":null,"user":"u","seed":null,"logprobs":null,"response_format":{"type":"text"}}""")]
    [InlineData("""{"n":2,"best_of":2,"stream":true}""")]
    [InlineData("""{"top_k":5,"min_p":0.1,"repetition_penalty":1.1,"bad_words":["x"],"ignore_eos":true,"priority":1,"cache_salt":"s"}""")]
    public async Task What_asks_for_what_is_done_is_taken(string fields)
    {
        var body = new JsonObject { ["model"] = "tiny", ["prompt"] = "a" };
        foreach (var (name, value) in JsonNode.Parse(fields)!.AsObject()) body[name] = value?.DeepClone();
        var http = await shared.Running.PostAsync("/v1/completions", body.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, http.StatusCode);
    }

    [Theory]
    [InlineData(2048)]
    [InlineData(5000)]
    [InlineData(3_000_000)]
    public async Task A_prompt_that_leaves_no_room_is_too_long(int length)
    {
        var http = await shared.Running.PostAsync("/v1/completions", $"{{\"model\":\"tiny\",\"prompt\":\"{new string('x', length)}\"}}");
        var error = (await RunningServer.JsonAsync(http))["error"]!;
        Assert.Equal(("context_length_exceeded", "prompt"), ((string?)error["code"], (string?)error["param"]));
    }
}
