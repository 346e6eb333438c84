// Thinking in replies, whole and streamed: parted from the answer, counted, and no matter of stop strings, log-probabilities and schemas.
using System.Text.Json.Nodes;
using Majlis.tests.Server.Tools;
using Majlis.tests.Support;
using Majlis.tests.Text;
using Xunit;
using static Majlis.tests.Server.Reasoning.ThinkingServer;

namespace Majlis.tests.Server.Reasoning;

public sealed class ReasoningReplyTests(ThinkingServer shared) : IClassFixture<ThinkingServer>
{
    readonly RunningServer server = shared.Running;

    static JsonObject Fields(string fields) => JsonNode.Parse(fields)!.AsObject();

    static (string? Thought, string? Text) Said(JsonNode message)
    {
        Assert.Equal((string?)message["reasoning"], (string?)message["reasoning_content"]);
        return ((string?)message["reasoning"], (string?)message["content"]);
    }

    async Task<(string? Thought, string? Text)> SaidAsync(string fields, RunningServer? other = null) =>
        Said((await ToolServer.ChoiceAsync(other ?? server, Fields(fields)))["message"]!);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_whole_reply_holds_the_thinking_beside_the_answer(bool isOpened)
    {
        await using var server = await StartAsync(isOpened, Written);
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(Fields("""{"logprobs":true,"return_token_ids":true}""")));
        var choice = reply["choices"]![0]!;
        Assert.Equal((Thought, Told), Said(choice["message"]!));
        var before = isOpened ? Bytes("<think>\n") : 0;
        Assert.Equal(Bytes(Thinking) - before, (int)reply["usage"]!["completion_tokens_details"]!["reasoning_tokens"]!);
        Assert.Equal(Bytes(Written) + 1 - before, (int)reply["usage"]!["completion_tokens"]!);
        Assert.Equal(Bytes(Written) + 1 - before, choice["token_ids"]!.AsArray().Count);
        Assert.Equal(Told, string.Concat(choice["logprobs"]!["content"]!.AsArray().Select(token => (string)token!["token"]!)));
    }

    [Theory]
    [InlineData("""{"logprobs":true,"return_token_ids":true}""")]
    [InlineData("""{"stream_options":{"include_obfuscation":true}}""")]
    public async Task A_stream_holds_the_same_as_thinking_then_text(string more)
    {
        var deltas = (await ToolServer.ChunksAsync(server, Fields(more))).Select(chunk => chunk["delta"]!).ToList();
        Assert.Equal((Thought, Told), (string.Concat(deltas.Select(delta => Said(delta).Thought)),
            string.Concat(deltas.Select(delta => Said(delta).Text))));
        var texts = deltas.FindIndex(delta => Said(delta).Text is { Length: > 0 });
        Assert.DoesNotContain(deltas[texts..], delta => Said(delta).Thought is not null);
        Assert.All(deltas.Where(delta => Said(delta).Thought is not null), delta => Assert.False(delta.AsObject().ContainsKey("content")));
    }

    [Theory]
    [InlineData("jinja-ikllama/Qwen-Qwen3-0.6B")]
    [InlineData("Qwen/Qwen3.5-4B")]
    [InlineData("HuggingFaceTB/SmolLM3-3B")]
    public async Task Real_templates_are_answered_alike(string name)
    {
        var zoo = Shared.Require(Shared.Data("data", "chat-templates", "chat_templates.json"));
        var network = new RecitingNetwork(Written, Unthought) { Positions = 8192 };
        await using var server = await RunningServer.StartAsync(TinyModel.Of(network,
            template: (string)GoldenTemplates.Entries(zoo)[name]["template"]!));
        Assert.Equal((Thought, Told), await SaidAsync("{}", server));
        var (thought, text) = await SaidAsync("""{"reasoning_effort":"none"}""", server);
        Assert.Equal((null, "Five."), (thought, text?.Trim()));
    }

    [Fact]
    public async Task An_answer_without_thinking_has_no_such_field()
    {
        await using var plain = await StartAsync(isOpened: false, "It is <four>.");
        var message = (await ToolServer.ChoiceAsync(plain, new()))["message"]!.AsObject();
        Assert.Equal(("It is <four>.", false, false),
            ((string)message["content"]!, message.ContainsKey("reasoning"), message.ContainsKey("reasoning_content")));
    }

    [Theory]
    [InlineData(12, "Two", "")]
    [InlineData(3, null, "<th")]
    public async Task Thinking_that_the_end_cuts_off_is_no_answer(int most, string? thought, string text)
    {
        var choice = await ToolServer.ChoiceAsync(server, new() { ["max_tokens"] = most });
        Assert.Equal((thought, text), Said(choice["message"]!));
        Assert.Equal("length", (string)choice["finish_reason"]!);
    }

    [Fact]
    public async Task Stop_strings_are_searched_for_in_the_answer_only() =>
        Assert.Equal((Thought, "It is "), await SaidAsync("""{"stop":["two","f","</think>","Two"]}"""));

    [Theory]
    [InlineData(false, """{"structured_outputs":{"regex":"It is [a-z]{4}!"}}""", Thought, "It is four!")]
    [InlineData(true, """{"structured_outputs":{"regex":"It is [a-z]{4}!"}}""", Thought, "It is four!")]
    [InlineData(false, """{"structured_outputs":{"choice":["It was five.","It"]},"ignore_eos":true}""", Thought, "It was five.")]
    // The mark may open with what the grammar allows, too.
    [InlineData(false, """{"structured_outputs":{"regex":"<?It is [a-z]{4}!"}}""", Thought, "It is four!")]
    public async Task A_grammar_begins_behind_the_thinking(bool isOpened, string fields, string thought, string text)
    {
        await using var server = await StartAsync(isOpened, Thinking + Told);
        Assert.Equal((thought, text), await SaidAsync(fields, server));
    }

    [Theory]
    [InlineData("""{"structured_outputs":{"regex":"It is [a-z]{4}!"}}""", "It is four!")]
    [InlineData("""{"structured_outputs":{"regex":"<i>[a-z]{2}"}}""", "<i>")]
    public async Task A_grammar_holds_at_once_where_the_model_does_not_think(string fields, string text)
    {
        await using var server = await StartAsync(isOpened: false, Told, "<i>");
        var said = await SaidAsync(fields, server);
        Assert.Null(said.Thought);
        Assert.StartsWith(text, said.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_cannot_end_before_an_answer_that_it_owes()
    {
        await using var server = await StartAsync(isOpened: true, "<think>\nNo answer.");
        var choice = await ToolServer.ChoiceAsync(server, Fields("""{"structured_outputs":{"regex":"[0-9]"},"max_tokens":40}"""));
        Assert.Equal(("length", ""), ((string)choice["finish_reason"]!, (string)choice["message"]!["content"]!));
    }

    [Fact]
    public async Task Calls_are_read_behind_the_thinking()
    {
        await using var server = await ToolServer.StartAsync("{% set end = '</think>' %}" + ToolServer.Template, options => options,
            "<think>\nI use <tool_call>.\n</think>\n\n" + ToolServer.Written);
        var choice = await ToolServer.ChoiceAsync(server, ToolServer.Fields());
        Assert.Equal(("I use <tool_call>.", "I look."), Said(choice["message"]!));
        Assert.Equal(("tool_calls", 2), ((string)choice["finish_reason"]!, choice["message"]!["tool_calls"]!.AsArray().Count));
    }

    [Fact]
    public async Task A_forced_call_is_made_without_thinking()
    {
        var template = Opened("{% set end = '</think>' %}" + ToolServer.Template);
        await using var server = await ToolServer.StartAsync(template, options => options,
            "<think>\n\n</think>\n\n<tool_call>\n{\"name\": \"get_time\", \"arguments\": {}}");
        var fields = ToolServer.Fields("""{"tool_choice":"required","return_token_ids":true}""");
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(fields));
        Assert.EndsWith("assistant\n<think>\n\n</think>\n\n<tool_call>\n", Prompt(reply), StringComparison.Ordinal);
        var message = reply["choices"]![0]!["message"]!;
        Assert.Equal((null, "get_time"), (Said(message).Thought, (string)message["tool_calls"]![0]!["function"]!["name"]!));
    }
}
