// Calls in replies: their shape, whole and streamed, beside text, log-probabilities and other choices, and how an answer with calls ends.
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server.Tools;

public sealed class ToolReplyTests(ToolServer shared) : IClassFixture<ToolServer>
{
    readonly RunningServer server = shared.Running;

    [Fact]
    public async Task A_whole_reply_holds_the_calls_beside_the_text_before_them()
    {
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(ToolServer.Fields()));
        var choice = reply["choices"]![0]!;
        Assert.Equal(("tool_calls", "I look."), ((string)choice["finish_reason"]!, (string)choice["message"]!["content"]!));
        var calls = choice["message"]!["tool_calls"]!.AsArray();
        Assert.Equal([("get_weather", ToolServer.Weather), ("get_time", ToolServer.Time)],
            calls.Select(call => ((string)call!["function"]!["name"]!, (string)call["function"]!["arguments"]!)));
        Assert.All(calls, call => Assert.Matches("^call_[0-9A-Za-z]{24}$", (string)call!["id"]!));
        Assert.All(calls, call => Assert.Equal("function", (string)call!["type"]!));
        Assert.Equal(2, calls.Select(call => (string)call!["id"]!).Distinct().Count());
        Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(ToolServer.Written) + 1, (int)reply["usage"]!["completion_tokens"]!);
    }

    [Fact]
    public async Task A_stream_holds_the_same_as_name_then_arguments()
    {
        var chunks = await ToolServer.ChunksAsync(server, ToolServer.Fields());
        Assert.Equal("I look.", string.Concat(chunks.Select(chunk => (string?)chunk["delta"]!["content"])));
        var deltas = chunks.SelectMany(chunk => chunk["delta"]!["tool_calls"]?.AsArray() ?? []).Select(delta => delta!.AsObject()).ToList();
        foreach (var (index, name, arguments) in new[] { (0, "get_weather", ToolServer.Weather), (1, "get_time", ToolServer.Time) })
        {
            var call = deltas.Where(delta => (int)delta["index"]! == index).ToList();
            Assert.Equal(["index", "function", "id", "type"], call[0].Select(field => field.Key));
            Assert.Equal((name, "", "function"),
                ((string)call[0]["function"]!["name"]!, (string)call[0]["function"]!["arguments"]!, (string)call[0]["type"]!));
            Assert.All(call[1..], delta => Assert.Equal(["index", "function"], delta.Select(field => field.Key)));
            Assert.All(call[1..], delta => Assert.Equal(["arguments"], delta["function"]!.AsObject().Select(field => field.Key)));
            Assert.True(call.Count > 5);
            Assert.Equal(arguments, string.Concat(call.Select(delta => (string)delta["function"]!["arguments"]!)));
        }
        Assert.Equal("tool_calls", (string)chunks[^1]["finish_reason"]!);
        Assert.Empty(chunks[^1]["delta"]!.AsObject());
        Assert.All(chunks[..^1], chunk => Assert.Null(chunk["finish_reason"]));
    }

    [Fact]
    public async Task Without_text_the_content_is_null()
    {
        await using var silent = await ToolServer.StartAsync("<tool_call>{\"name\": \"get_time\"}</tool_call>");
        var message = (await ToolServer.ChoiceAsync(silent, ToolServer.Fields()))["message"]!.AsObject();
        Assert.True(message.ContainsKey("content"));
        Assert.Null(message["content"]);
        Assert.Equal("{}", (string)message["tool_calls"]![0]!["function"]!["arguments"]!);
    }

    [Fact]
    public async Task Without_parallel_calls_the_answer_ends_with_its_first()
    {
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(ToolServer.Fields("""{"parallel_tool_calls":false}""")));
        var choice = reply["choices"]![0]!;
        Assert.Equal("get_weather", (string)choice["message"]!["tool_calls"]!.AsArray().Single()!["function"]!["name"]!);
        Assert.Equal("tool_calls", (string)choice["finish_reason"]!);
        var end = ToolServer.Written.IndexOf(ToolServer.Weather, StringComparison.Ordinal) + ToolServer.Weather.Length;
        var written = ToolServer.Written[..end];
        Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(written), (int)reply["usage"]!["completion_tokens"]!);
    }

    [Fact]
    public async Task A_call_that_the_limit_cuts_off_is_shown_as_far_as_it_came()
    {
        foreach (var chunks in new[] { false, true })
        {
            var fields = ToolServer.Fields("""{"max_tokens":66}""");
            var (finish, arguments) = chunks ? Joined(await ToolServer.ChunksAsync(server, fields))
                : Joined([await ToolServer.ChoiceAsync(server, fields)]);
            Assert.Equal("length", finish);
            Assert.True(arguments.Length > 0 && ToolServer.Weather.StartsWith(arguments, StringComparison.Ordinal), arguments);
        }
    }

    [Fact]
    public async Task A_call_that_a_stop_string_cuts_off_is_not_said_to_be_whole()
    {
        foreach (var chunks in new[] { false, true })
        {
            var fields = ToolServer.Fields("""{"stop":["Casa"]}""");
            var (finish, arguments) = chunks ? Joined(await ToolServer.ChunksAsync(server, fields))
                : Joined([await ToolServer.ChoiceAsync(server, fields)]);
            Assert.Equal(("length", ToolServer.Weather + "{\"zone\": \"Africa/"), (finish, arguments));
        }
    }

    [Fact]
    public async Task A_call_in_which_the_model_ends_is_not_said_to_be_whole()
    {
        await using var ending = await ToolServer.StartAsync("<tool_call>{\"name\": \"get_time\", \"arguments\": {\"zo");
        Assert.Equal(("length", "{\"zo"), Joined([await ToolServer.ChoiceAsync(ending, ToolServer.Fields())]));
    }

    static (string Finish, string Arguments) Joined(List<JsonNode> choices) => ((string)choices[^1]["finish_reason"]!,
        string.Concat(choices.SelectMany(choice => (choice["delta"] ?? choice["message"])!["tool_calls"]?.AsArray() ?? [])
            .Select(call => (string)call!["function"]!["arguments"]!)));

    [Fact]
    public async Task A_call_of_a_tool_that_is_not_offered_is_text()
    {
        var fields = ToolServer.Fields("""{"tools":[{"type":"function","function":{"name":"other"}}]}""");
        var choice = await ToolServer.ChoiceAsync(server, fields);
        Assert.Equal((ToolServer.Written, "stop"), ((string)choice["message"]!["content"]!, (string)choice["finish_reason"]!));
        Assert.Null(choice["message"]!["tool_calls"]);
    }

    [Fact]
    public async Task Each_choice_has_its_own_calls_and_log_probabilities()
    {
        await using var two = await ToolServer.StartAsync("<tool_call>{\"name\": \"get_time\"}</tool_call>", "No call.");
        var reply = await RunningServer.JsonAsync(await two.ChatAsync(ToolServer.Fields(
            """{"n":6,"temperature":1,"seed":4,"logprobs":true}""")));
        var choices = reply["choices"]!.AsArray();
        var calling = choices.Where(choice => choice!["message"]!["tool_calls"] is not null).ToList();
        Assert.True(calling.Count is > 0 and < 6);
        Assert.All(choices, choice => Assert.Equal(calling.Contains(choice) ? "tool_calls" : "stop", (string)choice!["finish_reason"]!));
        Assert.All(choices, choice => Assert.Equal(
            calling.Contains(choice) ? "<tool_call>{\"name\": \"get_time\"}</tool_call>" : "No call.",
            string.Concat(choice!["logprobs"]!["content"]!.AsArray().Select(token => (string)token!["token"]!))));
    }

    [Theory]
    [InlineData("{}", "<tools>[{\"type\": \"function\", \"function\": {\"name\": \"get_weather\", \"description\": \"Tells the ")]
    [InlineData("{}", "{\"name\": \"get_time\", \"description\": \"\", \"parameters\": {\"type\": \"object\", \"properties\": {}}}")]
    [InlineData("""{"tool_choice":"auto"}""", "<tools>")]
    public async Task The_model_is_shown_the_tools(string more, string expected)
    {
        var prompt = await PromptAsync(ToolServer.Fields(more));
        Assert.Contains(expected, prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("strict", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_tool_may_be_called_none_is_shown_and_nothing_is_read()
    {
        var fields = ToolServer.Fields("""{"tool_choice":"none"}""");
        Assert.DoesNotContain("<tools>", await PromptAsync(fields), StringComparison.Ordinal);
        var choice = await ToolServer.ChoiceAsync(server, fields);
        Assert.Equal((ToolServer.Written, "stop"), ((string)choice["message"]!["content"]!, (string)choice["finish_reason"]!));
    }

    async Task<string> PromptAsync(JsonObject fields)
    {
        fields["return_token_ids"] = true;
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(fields));
        return TinyText.Tokenizer.Decode(reply["prompt_token_ids"]!.AsArray().Select(id => (int)id!).ToArray(), skipSpecialTokens: false);
    }

    [Fact]
    public async Task Padding_counts_a_calls_arguments()
    {
        var events = await RunningServer.EventsAsync(await server.ChatAsync(ToolServer.Fields(
            """{"stream":true,"stream_options":{"include_obfuscation":true}}""")));
        Assert.All(events[..^1], item => Assert.NotNull(JsonNode.Parse(item)!["obfuscation"]));
    }
}
