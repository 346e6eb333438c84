// Every field by which a request is refused: status and message in OpenAI's shape. No field is accepted and ignored.
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server;

public sealed class RefusalTests(ChatServer shared) : IClassFixture<ChatServer>
{
    readonly RunningServer server = shared.Running;

    [Theory]
    [InlineData("""{"colour":"red"}""", "colour", "unknown_parameter")]
    [InlineData("""{"tool_choice":"auto"}""", "tool_choice", "invalid_value")]
    [InlineData("""{"functions":[{"name":"f"}]}""", "functions", "unsupported_parameter")]
    [InlineData("""{"function_call":"auto"}""", "function_call", "unsupported_parameter")]
    [InlineData("""{"response_format":{"type":"xml"}}""", "response_format.type", "invalid_value")]
    [InlineData("""{"response_format":{"type":"json_schema"}}""", "response_format.json_schema", "missing_required_parameter")]
    [InlineData("""{"response_format":{"type":"json_schema","json_schema":{"schema":true}}}""",
        "response_format.json_schema.name", "missing_required_parameter")]
    [InlineData("""{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"word"}}}}""",
        "response_format.json_schema.schema", "invalid_value")]
    [InlineData("""{"structured_outputs":{"regex":"(a"}}""", "structured_outputs.regex", "invalid_value")]
    [InlineData("""{"structured_outputs":{"grammar":"root ::= x"}}""", "structured_outputs.grammar", "invalid_value")]
    [InlineData("""{"structured_outputs":{"json":"{"}}""", "structured_outputs.json", "invalid_value")]
    [InlineData("""{"structured_outputs":{"choice":[]}}""", "structured_outputs.choice", "invalid_value")]
    [InlineData("""{"structured_outputs":{"choice":[7]}}""", "structured_outputs.choice[0]", "invalid_type")]
    [InlineData("""{"structured_outputs":{}}""", "structured_outputs", "invalid_value")]
    [InlineData("""{"structured_outputs":{"regex":"a","choice":["a"]}}""", "structured_outputs", "invalid_value")]
    [InlineData("""{"structured_outputs":{"regex":"a"},"response_format":{"type":"json_object"}}""", "structured_outputs", "invalid_value")]
    [InlineData("""{"guided_json":{}}""", "guided_json", "unknown_parameter")]
    [InlineData("""{"audio":{"voice":"alloy"}}""", "audio", "unsupported_parameter")]
    [InlineData("""{"modalities":["text","audio"]}""", "modalities", "unsupported_parameter")]
    [InlineData("""{"web_search_options":{}}""", "web_search_options", "unsupported_parameter")]
    [InlineData("""{"metadata":{"k":"v"}}""", "metadata", "invalid_value")]
    [InlineData("""{"store":true,"metadata":{"k":7}}""", "metadata.k", "invalid_type")]
    [InlineData("""{"service_tier":"flex"}""", "service_tier", "unsupported_parameter")]
    [InlineData("""{"prediction":{"type":"content","content":"x"}}""", "prediction", "unsupported_parameter")]
    [InlineData("""{"reasoning_effort":"high"}""", "reasoning_effort", "unsupported_parameter")]
    [InlineData("""{"reasoning_effort":"much"}""", "reasoning_effort", "invalid_value")]
    [InlineData("""{"thinking_token_budget":9}""", "thinking_token_budget", "unsupported_parameter")]
    [InlineData("""{"thinking_token_budget":-2}""", "thinking_token_budget", "invalid_value")]
    [InlineData("""{"chat_template_kwargs":{"enable_thinking":true}}""", "chat_template_kwargs.enable_thinking", "invalid_value")]
    [InlineData("""{"chat_template_kwargs":{"colour":"red"}}""", "chat_template_kwargs.colour", "invalid_value")]
    [InlineData("""{"verbosity":"low"}""", "verbosity", "unsupported_parameter")]
    [InlineData("""{"parallel_tool_calls":false}""", "parallel_tool_calls", "invalid_value")]
    [InlineData("""{"prompt_cache_options":{"ttl":"24h"}}""", "prompt_cache_options", "unsupported_parameter")]
    [InlineData("""{"priority":-2147483648}""", "priority", "invalid_value")]
    [InlineData("""{"priority":-1}""", "priority", "invalid_value")]
    [InlineData("""{"citation_options":"off"}""", "citation_options", "invalid_type")]
    [InlineData("""{"citation_options":{"mode":"slow"}}""", "citation_options.mode", "invalid_value")]
    [InlineData("""{"citation_options":{"mode":true}}""", "citation_options.mode", "invalid_type")]
    [InlineData("""{"citation_options":{"style":"x"}}""", "citation_options.style", "unknown_parameter")]
    [InlineData("""{"temperature":"hot"}""", "temperature", "invalid_type")]
    [InlineData("""{"temperature":2.5}""", "temperature", "invalid_value")]
    [InlineData("""{"top_p":-0.1}""", "top_p", "invalid_value")]
    [InlineData("""{"n":0}""", "n", "invalid_value")]
    [InlineData("""{"n":1.5}""", "n", "invalid_type")]
    [InlineData("""{"seed":"x"}""", "seed", "invalid_type")]
    [InlineData("""{"seed":99999999999999999999}""", "seed", "invalid_value")]
    [InlineData("""{"max_tokens":-99999999999999999999}""", "max_tokens", "invalid_value")]
    [InlineData("""{"max_tokens":1e3}""", "max_tokens", "invalid_type")]
    [InlineData("""{"stream":"yes"}""", "stream", "invalid_type")]
    [InlineData("""{"stop":""}""", "stop", "invalid_value")]
    [InlineData("""{"stop":[1]}""", "stop", "invalid_type")]
    [InlineData("""{"top_logprobs":2}""", "top_logprobs", "invalid_value")]
    [InlineData("""{"logprobs":true,"top_logprobs":21}""", "top_logprobs", "invalid_value")]
    [InlineData("""{"stream_options":{"include_usage":true}}""", "stream_options", "invalid_value")]
    [InlineData("""{"stream":true,"stream_options":{"colour":1}}""", "stream_options.colour", "unknown_parameter")]
    [InlineData("""{"max_tokens":5,"max_completion_tokens":6}""", "max_tokens", "invalid_value")]
    [InlineData("""{"max_tokens":0}""", "max_tokens", "invalid_value")]
    [InlineData("""{"logit_bias":{"x":1}}""", "logit_bias", "invalid_value")]
    [InlineData("""{"logit_bias":{"5":101}}""", "logit_bias.5", "invalid_value")]
    [InlineData("""{"logit_bias":{"1.5":1}}""", "logit_bias", "invalid_value")]
    [InlineData("""{"stop_token_ids":[2.5]}""", "stop_token_ids[0]", "invalid_type")]
    [InlineData("""{"allowed_token_ids":[258, -1]}""", "allowed_token_ids", "invalid_value")]
    [InlineData("""{"documents":[{"page":7}]}""", "documents[0].page", "invalid_type")]
    [InlineData("""{"documents":[{"id":"7"}]}""", "documents[0]", "invalid_value")]
    [InlineData("""{"continue_final_message":true}""", "continue_final_message", "invalid_value")]
    [InlineData("""{"continue_final_message":true,"add_generation_prompt":true}""", "continue_final_message", "invalid_value")]
    [InlineData("""{"messages":[]}""", "messages", "invalid_value")]
    [InlineData("""{"messages":null}""", "messages", "missing_required_parameter")]
    [InlineData("""{"messages":"hello"}""", "messages", "invalid_type")]
    [InlineData("""{"messages":[{"role":"king","content":"x"}]}""", "messages[0].role", "invalid_value")]
    [InlineData("""{"messages":[{"content":"x"}]}""", "messages[0].role", "missing_required_parameter")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages[0].content", "missing_required_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":7}]}""", "messages[0].content", "invalid_type")]
    [InlineData("""{"messages":[{"role":"user","content":"x","mood":"good"}]}""", "messages[0].mood", "unknown_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}""",
        "messages[0].content[0].type", "invalid_value")]
    [InlineData("""{"messages":[{"role":"tool","content":"x"}]}""", "messages[0].tool_call_id", "missing_required_parameter")]
    [InlineData("""{"allowed_token_ids":[257],"min_tokens":1}""", "allowed_token_ids", "invalid_value")]
    [InlineData("""{"allowed_token_ids":[65],"bad_words":["A"]}""", "allowed_token_ids", "invalid_value")]
    [InlineData("""{"allowed_token_ids":[]}""", "allowed_token_ids", "invalid_value")]
    [InlineData("""{"min_tokens":6,"max_tokens":5}""", "min_tokens", "invalid_value")]
    [InlineData("""{"min_tokens":3000}""", "min_tokens", "invalid_value")]
    [InlineData("""{"model":null}""", "model", "missing_required_parameter")]
    [InlineData("""{"model":7}""", "model", "invalid_type")]
    public async Task A_field_that_cannot_be_honoured_is_named(string fields, string param, string code)
    {
        var http = await server.ChatAsync(JsonNode.Parse(fields)!.AsObject());
        var error = await RunningServer.ErrorAsync(http);
        Assert.Equal((HttpStatusCode.BadRequest, param, code), (http.StatusCode, (string?)error["param"], (string?)error["code"]));
        Assert.Equal("invalid_request_error", (string)error["type"]!);
        Assert.Contains(param.Split('.')[^1].Split('[')[0], (string)error["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"user":"u","safety_identifier":"s","prompt_cache_key":"k"}""")]
    [InlineData(
        """{"verbosity":"medium","reasoning_effort":"medium","parallel_tool_calls":true,"tool_choice":"none","function_call":"none"}""")]
    [InlineData("""{"reasoning_effort":"none","thinking_token_budget":-1,"chat_template_kwargs":{"enable_thinking":false}}""")]
    [InlineData("""{"tools":[],"functions":[],"metadata":{},"audio":null,"prediction":null,"moderation":null,"web_search_options":null}""")]
    [InlineData("""{"prompt_cache_retention":"in_memory","prompt_cache_options":{"mode":"implicit","ttl":"30m"}}""")]
    [InlineData("""{"temperature":1,"top_p":1,"n":1,"logprobs":false,"top_logprobs":0,"frequency_penalty":0,"stream":false}""")]
    [InlineData("""{"logit_bias":null,"stop":null,"stream_options":null,"priority":0}""")]
    [InlineData("""{"service_tier":"auto","store":false,"response_format":{"type":"text"},"modalities":["text"]}""")]
    [InlineData(
        """{"stop":null,"seed":7,"top_p":0,"top_k":5,"min_p":0.1,"presence_penalty":1,"frequency_penalty":-1,"repetition_penalty":1.1}""")]
    [InlineData("""{"logit_bias":{"5000":100,"-1":100,"4294967295":100}}""")]
    [InlineData("""{"stop_token_ids":[258,-1,4294967295,99999999999999999999],"min_tokens":2}""")]
    [InlineData("""{"allowed_token_ids":[65,258]}""")]
    public async Task What_is_honoured_or_has_no_visible_effect_is_taken(string fields) =>
        Assert.Equal(HttpStatusCode.OK, (await server.ChatAsync(JsonNode.Parse(fields)!.AsObject())).StatusCode);

    [Theory]
    [InlineData("stop_token_ids", 16384, "5")]
    [InlineData("allowed_token_ids", 16384, "5")]
    [InlineData("bad_words", 1024, "\"word\"")]
    public async Task A_list_that_every_token_would_have_to_walk_has_an_end(string field, int most, string item)
    {
        var body = (int count) => RunningServer.ChatBody(new() { ["max_tokens"] = 1 }).ToJsonString()[..^1]
            + $",\"{field}\":[{string.Join(',', Enumerable.Repeat(item, count))}]}}";
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/v1/chat/completions", body(most))).StatusCode);
        var http = await server.PostAsync("/v1/chat/completions", body(most + 1));
        var error = await RunningServer.ErrorAsync(http);
        Assert.Equal((HttpStatusCode.BadRequest, field, "invalid_value"),
            (http.StatusCode, (string?)error["param"], (string?)error["code"]));
        Assert.Contains($"{most}", (string)error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_a_stream_has_begun_options_that_leave_no_token_are_its_last_event()
    {
        using var http = await server.StreamAsync("/v1/chat/completions", RunningServer.ChatBody(new()
        {
            ["stream"] = true,
            ["allowed_token_ids"] = new JsonArray(65),
            ["bad_words"] = new JsonArray("AA"),
        }));
        var events = await RunningServer.BrokenEventsAsync(http);
        var error = JsonNode.Parse(events[^1])!["error"]!;
        Assert.Equal(("invalid_request_error", "allowed_token_ids", "invalid_value"),
            ((string?)error["type"], (string?)error["param"], (string?)error["code"]));
    }
}
