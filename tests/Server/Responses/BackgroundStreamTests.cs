// Responses that are both streamed and in the background: they go on without their reader, who may come back for the rest.
using System.ClientModel;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using OpenAI.Responses;
using Xunit;

namespace Majlis.tests.Server.Responses;

public sealed class BackgroundStreamTests(KeepingServer shared) : IClassFixture<KeepingServer>
{
    readonly RunningServer server = shared.Running;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_events_are_told_at_once_and_again_to_who_asks_for_them()
    {
        var events = await Asked.EventsAsync(server, """{"background":true}""");
        Assert.Equal(["response.created", "response.queued", "response.in_progress"], events.Take(3).Select(item => (string)item["type"]!));
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(item => (int)item["sequence_number"]!));
        Assert.Equal("response.completed", (string?)events[^1]["type"]);
        Assert.Equal(KeepingServer.Text, Asked.TextOf(events[^1]["response"]!));
        var id = (string)events[0]["response"]!["id"]!;
        Assert.True(JsonNode.DeepEquals(events[^1]["response"], await RunningServer.JsonAsync(await GetAsync(server, id))));
        Assert.Equal(Texts(events), Texts(await ReadAsync(server, $"{id}?stream=true")));
        Assert.Equal(Texts(events.Skip(4)), Texts(await ReadAsync(server, $"{id}?stream=true&starting_after=3")));
        Assert.Empty(await ReadAsync(server, $"{id}?stream=true&starting_after=1000"));
        Assert.Empty(await ReadAsync(server, $"{id}?stream=true&starting_after={int.MaxValue}"));
    }

    [Fact]
    public async Task A_reader_who_left_comes_back_for_the_rest()
    {
        using var gate = new Gate();
        await using var slow = await SlowAsync(gate);
        var id = await Asked.LeaveAsync(slow);
        var rest = ReadAsync(slow, $"{id}?stream=true&starting_after=1");
        gate.Open();
        var events = await rest;
        Assert.Equal((2, "response.completed"), ((int)events[0]["sequence_number"]!, (string?)events[^1]["type"]));
        Assert.Equal(KeepingServer.Text, Asked.TextOf(events[^1]["response"]!));
    }

    [Fact]
    public async Task Cancelling_ends_the_stream()
    {
        using var gate = new Gate();
        await using var slow = await SlowAsync(gate);
        var id = await Asked.LeaveAsync(slow);
        var rest = ReadAsync(slow, $"{id}?stream=true");
        var cancelled = await slow.PostAsync($"{Asked.Path}/{id}/cancel", "{}");
        gate.Open();
        Assert.Equal("cancelled", (string?)(await RunningServer.JsonAsync(cancelled))["status"]);
        Assert.DoesNotContain("response.completed", (await rest).Select(item => (string)item["type"]!));
    }

    [Fact]
    public async Task What_is_deleted_while_it_runs_ends_and_stays_deleted()
    {
        using var gate = new Gate();
        await using var slow = await SlowAsync(gate);
        var id = await Asked.LeaveAsync(slow);
        var rest = await slow.Http.GetAsync(new Uri($"{Asked.Path}/{id}?stream=true", UriKind.Relative),
            HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal(HttpStatusCode.OK, (await slow.Http.DeleteAsync(new Uri($"{Asked.Path}/{id}", UriKind.Relative), Stop)).StatusCode);
        gate.Open();
        Assert.DoesNotContain("response.completed", (await Asked.EventsAsync(rest)).Select(item => (string)item["type"]!));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(slow, id)).StatusCode);
    }

    [Fact]
    public async Task A_failure_is_the_last_event()
    {
        await using var broken = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("Slow.")
        {
            BeforeStep = () => throw new InvalidOperationException("The network is broken."),
        }), options => options with { Redis = null });
        var events = await Asked.EventsAsync(broken, """{"background":true}""");
        Assert.Equal(("response.failed", "failed"), ((string?)events[^1]["type"], (string?)events[^1]["response"]!["status"]));
    }

    [Theory]
    [InlineData("stream=true", "stream", """{"background":true}""")]
    [InlineData("stream=true", "stream", "{}")]
    [InlineData("stream=maybe", "stream", """{"background":true}""")]
    [InlineData("starting_after=1", "starting_after", "{}")]
    [InlineData("stream=true&starting_after=-1", "starting_after", "{}")]
    [InlineData("stream=true&starting_after=first", "starting_after", "{}")]
    public async Task What_cannot_be_read_so_is_told(string query, string param, string more)
    {
        var id = (string)(await Asked.ReplyAsync(server, more))["id"]!;
        var refused = await GetAsync(server, $"{id}?{query}");
        Assert.Equal((HttpStatusCode.BadRequest, param), (refused.StatusCode, (string?)(await RunningServer.ErrorAsync(refused))["param"]));
    }

    [Fact, Experimental("OPENAI001")] // The client says of itself that it may change.
    public async Task The_official_client_comes_back_for_the_rest()
    {
        var client = new ResponsesClient(new ApiKeyCredential("any"),
            new ResponsesClientOptions { Endpoint = new Uri(server.Address, "v1") });
        var options = new CreateResponseOptions("current", [ResponseItem.CreateUserMessageItem("hello")])
        {
            StreamingEnabled = true,
            BackgroundModeEnabled = true,
        };
        string? id = null;
        await foreach (var update in await client.CreateResponseStreamingAsync(options, Stop))
            if (update is StreamingResponseQueuedUpdate queued) id = queued.Response.Id;
        var text = "";
        var again = new GetResponseOptions(id) { StreamingEnabled = true, StartingAfter = 1 };
        await foreach (var update in await client.GetResponseStreamingAsync(again, Stop))
            if (update is StreamingResponseOutputTextDeltaUpdate delta) text += delta.Delta;
        Assert.Equal(KeepingServer.Text, text);
    }

    static Task<RunningServer> SlowAsync(Gate gate) => RunningServer.StartAsync(
        TinyModel.Of(new RecitingNetwork(KeepingServer.Text) { BeforeStep = gate.Pass }), options => options with { Redis = null });

    static Task<HttpResponseMessage> GetAsync(RunningServer server, string path) =>
        server.Http.GetAsync(new Uri($"{Asked.Path}/{path}", UriKind.Relative), Stop);

    static async Task<List<JsonObject>> ReadAsync(RunningServer server, string path) =>
        await Asked.EventsAsync(await GetAsync(server, path));

    static IEnumerable<string> Texts(IEnumerable<JsonObject> events) => events.Select(item => item.ToJsonString());
}
