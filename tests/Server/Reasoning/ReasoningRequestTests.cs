// What requests say of thinking: how much, for how many tokens, and what was thought before.
using System.ClientModel;
using System.Text.Json.Nodes;
using Majlis.tests.Server.Tools;
using Microsoft.Extensions.AI;
using OpenAI;
using Xunit;
using static Majlis.tests.Server.Reasoning.ThinkingServer;

namespace Majlis.tests.Server.Reasoning;

public sealed class ReasoningRequestTests(ThinkingServer shared) : IClassFixture<ThinkingServer>
{
    readonly RunningServer server = shared.Running;

    static async Task<(string? Thought, string Text, string Prompt)> AskAsync(RunningServer server, string fields)
    {
        var body = JsonNode.Parse(fields)!.AsObject();
        body["return_token_ids"] = true;
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(body));
        var message = reply["choices"]![0]!["message"]!;
        return ((string?)message["reasoning"], (string)message["content"]!, Prompt(reply));
    }

    [Theory]
    [InlineData("""{"reasoning_effort":"none"}""", false)]
    [InlineData("""{"chat_template_kwargs":{"enable_thinking":false}}""", false)]
    [InlineData("""{"reasoning_effort":"high","chat_template_kwargs":{"enable_thinking":false}}""", false)]
    [InlineData("""{"reasoning_effort":"minimal"}""", true)]
    [InlineData("""{"reasoning_effort":"high"}""", true)]
    [InlineData("{}", true)]
    public async Task An_effort_turns_a_template_s_switch(string fields, bool thinks)
    {
        var (thought, text, prompt) = await AskAsync(server, fields);
        Assert.Equal(thinks ? (Thought, Told) : (null, "Five."), (thought, text));
        Assert.Equal(!thinks, prompt.EndsWith("<think>\n\n</think>\n\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_template_that_reads_the_effort_gets_it()
    {
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("Yes."),
            template: "{{ 'effort: ' + (reasoning_effort or 'its own') }}" + TinyText.Template));
        Assert.StartsWith("effort: low<", (await AskAsync(server, """{"reasoning_effort":"low"}""")).Prompt, StringComparison.Ordinal);
        Assert.StartsWith("effort: its own<", (await AskAsync(server, "{}")).Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_effort_is_refused_by_a_template_that_always_thinks()
    {
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(Written),
            template: Opened(TinyText.Template + "{% if false %}</think>{% endif %}")));
        var said = await AskAsync(server, """{"reasoning_effort":"medium"}""");
        Assert.Equal((Thought, Told), (said.Thought, said.Text));
        foreach (var effort in new[] { "none", "low" })
        {
            var error = (await RunningServer.JsonAsync(await server.ChatAsync(new() { ["reasoning_effort"] = effort })))["error"]!;
            Assert.Equal(("reasoning_effort", "unsupported_parameter"), ((string)error["param"]!, (string)error["code"]!));
            Assert.Contains("thinking_token_budget", (string)error["message"]!, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(6, "Two a", "Six.")]
    [InlineData(100, Thought, Told)]
    public async Task A_budget_ends_the_thinking_and_the_answer_goes_on(int budget, string thought, string text)
    {
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(new() { ["thinking_token_budget"] = budget }));
        var message = reply["choices"]![0]!["message"]!;
        Assert.Equal((thought, text), ((string)message["reasoning"]!, (string)message["content"]!));
        Assert.Equal(Bytes($"<think>\n{thought}\n</think>"), (int)reply["usage"]!["completion_tokens_details"]!["reasoning_tokens"]!);
    }

    [Theory]
    [InlineData(0, null, "Five.")]
    [InlineData(5, "Two a", "Six.")]
    public async Task It_counts_from_the_prompt_s_mark(int budget, string? thought, string text)
    {
        await using var server = await StartAsync(isOpened: true, Written, "<think>\n\n</think>Five.", Stopped);
        var said = await AskAsync(server, $$"""{"thinking_token_budget":{{budget}}}""");
        Assert.Equal((thought, text), (said.Thought, said.Text));
    }

    [Fact]
    public async Task A_budget_leaves_characters_whole()
    {
        await using var server = await StartAsync(isOpened: true, "<think>\nابجد", "<think>\nاب\n</think>نعم");
        var said = await AskAsync(server, """{"thinking_token_budget":3}""");
        Assert.Equal(("اب", "نعم"), (said.Thought, said.Text));
    }

    [Fact]
    public async Task A_grammar_follows_a_spent_budget()
    {
        var said = await AskAsync(server, """{"thinking_token_budget":6,"structured_outputs":{"regex":"Six[!?]"}}""");
        Assert.Equal("Two a", said.Thought);
        Assert.Matches("^Six[!?]$", said.Text);
    }

    [Fact]
    public async Task Every_choice_has_a_budget_of_its_own()
    {
        var reply = await RunningServer.JsonAsync(await server.ChatAsync(new() { ["thinking_token_budget"] = 6, ["n"] = 2 }));
        Assert.All(reply["choices"]!.AsArray(), choice => Assert.Equal("Six.", (string)choice!["message"]!["content"]!));
    }

    [Theory]
    [InlineData("reasoning_content")]
    [InlineData("reasoning")]
    public async Task What_was_thought_before_goes_back_to_the_template(string name)
    {
        var said = await AskAsync(server, $$"""
            {"messages":[{"role":"user","content":"2+2"},{"role":"assistant","content":"4","{{name}}":"I count."},
             {"role":"user","content":"sure?"}]}
            """);
        Assert.Contains("assistant\n<think>\nI count.\n</think>\n\n4<|im_end|>", said.Prompt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<think>\\nTwo and", " two 🌈 <b>", Told)]
    [InlineData("<think>\\nTwo and two 🌈 <b>\\n</think>\\n\\nIt is", null, " four.")]
    public async Task A_message_is_continued_inside_its_thinking_or_behind_it(string begun, string? thought, string text)
    {
        var said = await AskAsync(server, $$"""
            {"messages":[{"role":"user","content":"2+2"},{"role":"assistant","content":"{{begun}}"}],"continue_final_message":true}
            """);
        Assert.Equal((thought, text), (said.Thought, said.Text));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Extensions_AI_reads_the_thinking(bool streamed)
    {
        var end = new OpenAIClientOptions { Endpoint = new Uri(server.Address, "v1") };
        using var client = new OpenAIClient(new ApiKeyCredential("any"), end).GetChatClient("current").AsIChatClient();
        var (options, stop) = (new ChatOptions { Temperature = 0 }, TestContext.Current.CancellationToken);
        var response = streamed ? await client.GetStreamingResponseAsync("hello", options, stop).ToChatResponseAsync(stop)
            : await client.GetResponseAsync("hello", options, stop);
        Assert.Equal(Told, response.Text);
        Assert.Equal(Thought, string.Concat(response.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>()
            .Select(content => content.Text)));
    }
}
