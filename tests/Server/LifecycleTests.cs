// What happens to running requests when the client disconnects, the server stops, the weights change, or the vote store is down.
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Server.Models;
using Majlis.Server.Wire;
using Majlis.tests.Support;
using Majlis.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Server;

public sealed class LifecycleTests
{
    const string Old = "The old weights say this.";
    const string New = "New weights, new words.";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_disconnects_frees_its_sequence()
    {
        var gate = new Gate();
        var network = new RecitingNetwork(new string('x', 1500)) { BeforeStep = gate.Pass };
        await using var server = await RunningServer.StartAsync(TinyModel.Of(network));
        using var end = gate;
        gate.Let(20);
        var reply = await server.StreamAsync();
        await Eventually.HoldsAsync("the sequence runs", () => server.Engine.Progress.Running == 1);
        reply.Dispose();
        await Eventually.HoldsAsync("the sequence is freed", () => Freed(server, gate));
        Assert.True(network.Steps < 1500);
    }

    [Fact]
    public async Task A_stream_ends_on_the_weights_it_began_with_and_the_next_request_has_the_new_ones()
    {
        var gate = new Gate();
        var text = string.Concat(Enumerable.Repeat("word by word, ", 100));
        var old = new RecitingNetwork(text) { BeforeStep = gate.Pass };
        using var folder = new TinyCatalog();
        await using var server = await RunningServer.StartAsync(TinyModel.Of(old), options => options with { Catalog = folder.Path },
            parts => parts with { Open = (_, version, _) => TinyModel.Of(new RecitingNetwork(New), version) });
        using var end = gate;
        gate.Let(5);
        using var running = await server.StreamAsync();
        folder.Promote("v2");
        server.Part<ModelWatcher>().Look();
        // Both versions take turns on the engine's thread; the new answer ends long before the old one.
        var asked = server.ChatAsync();
        await Eventually.HoldsAsync("the new weights answer", () => { gate.Let(1); return asked.IsCompleted; });
        var next = await RunningServer.JsonAsync(await asked);
        Assert.Equal((New, "v2"), ((string)next["choices"]![0]!["message"]!["content"]!, (string)next["model"]!));
        Assert.False(old.Disposed);
        gate.Open();
        Assert.Equal(text, Text(await RunningServer.EventsAsync(running)));
        await Eventually.HoldsAsync("the old weights are freed with their last request", () => old.Disposed);
        var models = await RunningServer.JsonAsync(await server.Http.GetAsync(new Uri("/v1/models", UriKind.Relative), Stop));
        Assert.Equal(["current", "v2"], models["data"]!.AsArray().Select(model => (string)model!["id"]!));
    }

    [Fact]
    public async Task A_request_that_breaks_before_it_runs_keeps_no_weights_in_memory()
    {
        var old = new RecitingNetwork(Old);
        using var folder = new TinyCatalog();
        var seeds = new IdSource(bytes => { if (bytes.Length == sizeof(long)) throw new InvalidOperationException("no seed"); });
        await using var server = await RunningServer.StartAsync(TinyModel.Of(old), options => options with { Catalog = folder.Path },
            parts => parts with { Ids = seeds, Open = (_, version, _) => TinyModel.Of(new RecitingNetwork(New), version) });
        Assert.Equal(HttpStatusCode.InternalServerError, (await server.ChatAsync()).StatusCode);
        folder.Promote("v2");
        server.Part<ModelWatcher>().Look();
        await Eventually.HoldsAsync("the old weights are freed", () => old.Disposed);
    }

    [Fact]
    public async Task A_corrupt_candidate_is_refused_once_and_the_old_one_serves_on()
    {
        using var folder = new TinyCatalog();
        var opened = 0;
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(Old)),
            options => options with { Catalog = folder.Path },
            parts => parts with { Open = (_, version, _) => { opened++; return TinyModel.Of(new RecitingNetwork(New), version); } });
        folder.Promote("v2", corrupt: true);
        server.Part<ModelWatcher>().Look();
        server.Part<ModelWatcher>().Look();
        Assert.Equal(Old, (string)(await RunningServer.JsonAsync(await server.ChatAsync()))["choices"]![0]!["message"]!["content"]!);
        Assert.Equal(0, opened);
        var metrics = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Stop);
        Assert.Contains("majlis_swaps_total{result=\"refused\"} 1", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_manifest_is_left_out_of_the_list_and_hides_no_other_version()
    {
        using var folder = new TinyCatalog();
        folder.Promote("v1");
        folder.Promote("v2");
        await using var server = await RunningServer.StartAsync(
            TinyModel.Of(new RecitingNetwork(Old)), options => options with { Catalog = folder.Path });
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "v1", "manifest.json"), "{", Stop);
        var models = await RunningServer.JsonAsync(await server.Http.GetAsync(new Uri("/v1/models", UriKind.Relative), Stop));
        Assert.Equal(["current", "tiny", "v2"], models["data"]!.AsArray().Select(model => (string)model!["id"]!));
        var one = await server.Http.GetAsync(new Uri("/v1/models/v2", UriKind.Relative), Stop);
        Assert.Equal("v2", (string)(await RunningServer.JsonAsync(one))["version"]!);
        Assert.Equal("unknown", server.Part<ModelNames>().OfWeights("unknown", live: null));
    }

    [Fact]
    public async Task A_version_that_does_not_open_is_refused_and_the_old_one_serves_on()
    {
        using var folder = new TinyCatalog();
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(Old)),
            options => options with { Catalog = folder.Path },
            parts => parts with { Open = (path, _, _) => throw new ModelFormatException($"{path} has no config.json") });
        folder.Promote("v2");
        server.Part<ModelWatcher>().Look();
        Assert.Equal("tiny", (string)(await RunningServer.JsonAsync(await server.ChatAsync()))["model"]!);
    }

    [Fact]
    public async Task A_version_whose_context_holds_no_prompt_is_not_swapped_in()
    {
        using var folder = new TinyCatalog();
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(Old)),
            options => options with { Catalog = folder.Path },
            parts => parts with { Open = (_, version, _) => TinyModel.Of(new RecitingNetwork(New), version, context: 4) });
        folder.Promote("v2");
        server.Part<ModelWatcher>().Look();
        Assert.Equal("tiny", (string)(await RunningServer.JsonAsync(await server.ChatAsync()))["model"]!);
    }

    [Fact]
    public async Task The_catalogue_is_looked_at_again_and_again()
    {
        var time = new FakeTimeProvider();
        using var folder = new TinyCatalog();
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(Old)),
            options => options with { Catalog = folder.Path },
            parts => parts with { Time = time, Open = (_, version, _) => TinyModel.Of(new RecitingNetwork(New), version) });
        folder.Promote("v2");
        await Eventually.HoldsAsync("the new version is served", async () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return (string)(await RunningServer.JsonAsync(await server.ChatAsync()))["model"]! == "v2";
        });
    }

    [Fact]
    public async Task A_server_told_to_stop_finishes_what_runs()
    {
        var gate = new Gate();
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(Old) { BeforeStep = gate.Pass }));
        using var end = gate;
        gate.Let(3);
        using var running = await server.StreamAsync();
        var stopped = server.StopAsync();
        await Eventually.HoldsAsync("no new connection is taken", async () => !await IsListeningAsync(server.Address));
        Assert.False(stopped.IsCompleted);
        gate.Open();
        Assert.Equal(Old, Text(await RunningServer.EventsAsync(running)));
        await stopped;
    }

    [Fact]
    public async Task A_request_that_comes_before_the_listener_closes_is_answered()
    {
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(Old)));
        using var answered = new ManualResetEventSlim();
        Task<HttpStatusCode>? asked = null;
        server.Part<IHostApplicationLifetime>().ApplicationStopping.Register(() =>
        {
            asked = AskAsync();
            answered.Wait(Stop);
        });
        await server.StopAsync();
        Assert.Equal(HttpStatusCode.OK, await asked!);

        async Task<HttpStatusCode> AskAsync()
        {
            using var reply = await server.ChatAsync();
            answered.Set();
            return reply.StatusCode;
        }
    }

    [Fact]
    public async Task Whoever_still_reads_when_the_window_ends_is_told_why_and_the_stream_breaks_off()
    {
        var time = new FakeTimeProvider();
        var gate = new Gate();
        var network = new RecitingNetwork(new string('x', 1500)) { BeforeStep = gate.Pass };
        await using var server = await RunningServer.StartAsync(TinyModel.Of(network),
            parts: parts => parts with { Time = time, DrainWindow = TimeSpan.FromMinutes(1) });
        using var end = gate;
        gate.Let(3);
        using var running = await server.StreamAsync();
        var events = RunningServer.BrokenEventsAsync(running);
        var stopped = server.StopAsync();
        await Eventually.HoldsAsync("the stream ends", () =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            gate.Let(1);
            return events.IsCompleted;
        });
        var error = JsonNode.Parse((await events)[^1])!["error"]!;
        Assert.Equal(("server_error", "draining"), ((string?)error["type"], (string?)error["code"]));
        gate.Open();
        await stopped;
    }

    [Fact]
    public async Task A_vote_store_that_hangs_takes_no_chat_out_of_service()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(); // It accepts connections and never answers.
        var time = new FakeTimeProvider();
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(Old)),
            options => options with { Redis = listener.LocalEndpoint.ToString() },
            parts => parts with { Time = time, StorePatience = TimeSpan.FromSeconds(5) }, waitForVotes: false);
        var asked = server.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), Stop);
        await Eventually.HoldsAsync("readiness is answered", () =>
        {
            time.Advance(TimeSpan.FromMilliseconds(300));
            return asked.IsCompleted;
        });
        var ready = await RunningServer.JsonAsync(await asked);
        Assert.Equal(("ready", false), ((string)ready["status"]!, (bool)ready["votes"]!["taken"]!));
        Assert.Contains("does not answer within 300 ms", (string)ready["votes"]!["says"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_vote_store_chats_go_on_votes_wait_and_it_recovers_by_itself()
    {
        var data = Directory.CreateTempSubdirectory("majlis-redis-").FullName;
        var redis = EmbeddedRedis.Start(data);
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(Old, New)),
            options => options with { Redis = $"127.0.0.1:{redis.Address.Port},password={redis.Address.Password}" });
        var battle = await RunningServer.EventsAsync(await server.PostAsync("/v1/arena/battles",
            """{"messages":[{"role":"user","content":"which?"}]}"""));
        var vote = $"/v1/arena/battles/{(string)JsonNode.Parse(battle[0])!["id"]!}/vote";

        await redis.DisposeAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.ChatAsync()).StatusCode);
        var away = await server.PostAsync(vote, """{"verdict":"a"}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.NotNull(away.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.ServiceUnavailable,
            (await server.PostAsync("/v1/arena/battles", """{"messages":[{"role":"user","content":"which?"}]}""")).StatusCode);

        await using var back = EmbeddedRedis.Start(data);
        await Eventually.HoldsAsync("the vote is taken", async () =>
            (await server.PostAsync(vote, """{"verdict":"a"}""")).StatusCode == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Conflict, (await server.PostAsync(vote, """{"verdict":"b"}""")).StatusCode);
    }

    [Fact]
    public async Task Health_and_metrics_tell_the_truth()
    {
        await using var server = await RunningServer.StartAsync(Old);
        await server.ChatAsync();
        var live = await RunningServer.JsonAsync(await server.Http.GetAsync(new Uri("/health/live", UriKind.Relative), Stop));
        Assert.Equal("live", (string)live["status"]!);
        Assert.True((long)live["steps"]! > 0);
        var ready = await RunningServer.JsonAsync(await server.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), Stop));
        Assert.Equal(("ready", "tiny"), ((string)ready["status"]!, (string)ready["model"]!));
        Assert.False((bool)ready["votes"]!["taken"]!);
        var metrics = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Stop);
        Assert.Contains("majlis_requests_total{path=\"/v1/chat/completions\",status=\"200\",role=\"anonymous\"} 1", metrics,
            StringComparison.Ordinal);
        Assert.Matches("majlis_generation_tokens_total [1-9]", metrics);
    }

    static bool Freed(RunningServer server, Gate gate)
    {
        gate.Let(1);
        return server.Engine.Progress.Running == 0;
    }

    static string Text(List<string> events)
    {
        Assert.Equal("[DONE]", events[^1]);
        return string.Concat(events[..^1].Select(item => (string?)JsonNode.Parse(item)!["choices"]![0]!["delta"]!["content"]));
    }

    static async Task<bool> IsListeningAsync(Uri address)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port, Stop);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
