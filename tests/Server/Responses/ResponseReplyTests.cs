// Replies of the Responses API, whole and streamed, where the store is away.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.tests.Server.Citations;
using Majlis.tests.Server.Reasoning;
using Xunit;

namespace Majlis.tests.Server.Responses;

public sealed class ResponseReplyTests(ChatServer shared, ThinkingServer thinking)
    : IClassFixture<ChatServer>, IClassFixture<ThinkingServer>
{
    readonly RunningServer server = shared.Running;

    [Fact]
    public async Task A_whole_reply_holds_one_message_and_repeats_the_request()
    {
        var reply = await Asked.ReplyAsync(server, """
            {"instructions":"Be kind","max_output_tokens":100,"metadata":{"k":"v"},"temperature":0.0,"top_p":0.5,"user":"u"}
            """);
        Assert.Equal(ChatServer.Text, Asked.TextOf(reply));
        Assert.Equal(("response", "completed", "Be kind", 100, "v", "u"), ((string?)reply["object"], (string?)reply["status"],
            (string?)reply["instructions"], (int?)reply["max_output_tokens"], (string?)reply["metadata"]!["k"], (string?)reply["user"]));
        Assert.Equal("0.5", reply["top_p"]!.ToJsonString());
        Assert.StartsWith("resp_", (string?)reply["id"], StringComparison.Ordinal);
        Assert.Equal((int)reply["usage"]!["total_tokens"]!, (int)reply["usage"]!["input_tokens"]! + (int)reply["usage"]!["output_tokens"]!);
        Assert.False((bool)reply["store"]!, "the store is away, and the reply must say that it is not kept");
    }

    [Fact]
    public async Task What_cannot_be_kept_in_the_background_gives_its_weights_back()
    {
        await using var own = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("Yes.")));
        foreach (var more in (string[])["""{"background":true}""", """{"background":true,"stream":true}"""])
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await own.PostAsync(Asked.Path, Asked.Body(more).ToJsonString())).StatusCode);
        // A swap waits for what is leased.
        await own.Part<LiveModel>().Close().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_stream_opens_grows_and_closes_each_item_in_numbered_events()
    {
        var events = await Asked.EventsAsync(server);
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(item => (int)item["sequence_number"]!));
        var types = events.Select(item => ((string)item["type"]!)["response.".Length..]).ToList();
        Assert.Equal(["created", "in_progress", "output_item.added", "content_part.added", "output_text.delta", "output_text.done",
            "content_part.done", "output_item.done", "completed"], types.Distinct());
        Assert.Equal(ChatServer.Text, string.Concat(events.Select(item => (string?)item["delta"])));
        var whole = events[^1]["response"]!;
        Assert.Equal(ChatServer.Text, Asked.TextOf(whole));
        Assert.True(JsonNode.DeepEquals(whole["output"]![0], events.Single(item => item["type"]!.ToString().EndsWith("item.done",
            StringComparison.Ordinal))["item"]));
        Assert.Equal("[]", events[2]["item"]!["content"]!.ToJsonString());
    }

    [Fact]
    public async Task An_answer_that_is_cut_off_is_incomplete_and_so_is_its_item()
    {
        var reply = await Asked.ReplyAsync(server, """{"max_output_tokens":5}""");
        Assert.Equal(("incomplete", "max_output_tokens", "incomplete", "Hello"), ((string?)reply["status"],
            (string?)reply["incomplete_details"]!["reason"], (string?)reply["output"]![0]!["status"], Asked.TextOf(reply)));
        Assert.Equal("response.incomplete", (string?)(await Asked.EventsAsync(server, """{"max_output_tokens":5}"""))[^1]["type"]);
    }

    [Fact]
    public async Task Log_probabilities_are_included_where_they_are_asked_for()
    {
        const string more = """{"include":["message.output_text.logprobs"],"top_logprobs":2}""";
        var part = (await Asked.ReplyAsync(server, more))["output"]![0]!["content"]![0]!;
        Assert.Equal(ChatServer.Text, string.Concat(part["logprobs"]!.AsArray().Select(entry => (string)entry!["token"]!)));
        Assert.All(part["logprobs"]!.AsArray(), entry => Assert.Equal(2, entry!["top_logprobs"]!.AsArray().Count));
        var deltas = (await Asked.EventsAsync(server, more)).Where(item => item["delta"] is not null);
        Assert.Equal(ChatServer.Text,
            string.Concat(deltas.SelectMany(item => item["logprobs"]!.AsArray()).Select(entry => (string)entry!["token"]!)));
    }

    [Fact]
    public async Task Thinking_is_an_item_of_its_own_before_the_message()
    {
        var reply = await Asked.ReplyAsync(thinking.Running);
        var output = reply["output"]!.AsArray();
        Assert.Equal(["reasoning", "message"], output.Select(item => (string)item!["type"]!));
        Assert.Equal(ThinkingServer.Thought, (string?)output[0]!["content"]![0]!["text"]);
        Assert.Equal(ThinkingServer.Told, Asked.TextOf(reply));
        Assert.True((int)reply["usage"]!["output_tokens_details"]!["reasoning_tokens"]! > 0);
        var events = await Asked.EventsAsync(thinking.Running);
        Assert.Equal(ThinkingServer.Thought, string.Concat(events
            .Where(item => (string)item["type"]! == "response.reasoning_text.delta").Select(item => (string)item["delta"]!)));
        Assert.Equal([0, 1], events.Where(item => item["output_index"] is not null).Select(item => (int)item["output_index"]!).Distinct());
    }

    [Fact]
    public async Task Cited_spans_are_annotations_of_the_text()
    {
        await using var citing = await RunningServer.StartAsync(
            TinyModel.Of(new RecitingNetwork(CitingServer.Written), template: CitingServer.Template));
        var fields = CitingServer.Fields().ToJsonString();
        var reply = await Asked.ReplyAsync(citing, fields);
        Assert.Equal(CitingServer.Shown, Asked.TextOf(reply));
        var annotations = reply["output"]![0]!["content"]![0]!["annotations"]!.AsArray();
        Assert.Equal((5, 11, "https://x.example/m?q=1"), ((int)annotations[0]!["start_index"]!, (int)annotations[0]!["end_index"]!,
            (string)annotations[0]!["url"]!));
        var added = (await Asked.EventsAsync(citing, fields)).Where(item => item["annotation"] is not null).ToList();
        Assert.Equal(annotations.Select(each => each!.ToJsonString()), added.Select(item => item["annotation"]!.ToJsonString()));
        Assert.Equal(Enumerable.Range(0, added.Count), added.Select(item => (int)item["annotation_index"]!));
    }

    [Fact]
    public async Task Text_format_holds_the_answer_to_a_schema()
    {
        await using var digits = await RunningServer.StartAsync("""{"n":12}""", "words");
        var reply = await Asked.ReplyAsync(digits, """
            {"text":{"format":{"type":"json_schema","name":"N","strict":true,
             "schema":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}}}}
            """);
        Assert.Equal("""{"n":12}""", Asked.TextOf(reply));
        Assert.Equal("N", (string?)reply["text"]!["format"]!["name"]);
    }

    [Fact]
    public async Task Tokens_are_counted_without_an_answer_as_they_are_in_one()
    {
        const string more = """{"instructions":"Be kind","input":[{"role":"user","content":[{"type":"input_text","text":"مرحبا"}]}]}""";
        var count = await RunningServer.JsonAsync(await server.PostAsync($"{Asked.Path}/input_tokens", Asked.Body(more).ToJsonString()));
        Assert.Equal((int)(await Asked.ReplyAsync(server, more))["usage"]!["input_tokens"]!, (int)count["input_tokens"]!);
    }

    [Fact]
    public async Task Truncation_auto_leaves_out_the_oldest_turns_and_disabled_refuses()
    {
        await using var small = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("Yes."), context: 160));
        var turns = string.Join(',', Enumerable.Range(0, 8).Select(turn => $$"""{"role":"user","content":"question number {{turn}}"}"""));
        var more = $$"""{"input":[{"role":"developer","content":"Be brief"},{{turns}}],"truncation":"TRUNCATION"}""";
        var reply = await Asked.ReplyAsync(small, more.Replace("TRUNCATION", "auto", StringComparison.Ordinal));
        Assert.InRange((int)reply["usage"]!["input_tokens"]!, 110, 159);
        var refused = await small.PostAsync(Asked.Path, Asked.Body(more.Replace("TRUNCATION", "disabled", StringComparison.Ordinal))
            .ToJsonString());
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var error = await RunningServer.ErrorAsync(refused);
        Assert.Equal(("context_length_exceeded", "input"), ((string?)error["code"], (string?)error["param"]));
    }
}
