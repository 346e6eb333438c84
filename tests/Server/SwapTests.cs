// What happens to requests when the weights change, and to weights that cannot be served.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Server.Models;
using Majlis.Server.Wire;
using Majlis.tests.Support;
using Majlis.Text;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Server;

public sealed class SwapTests
{
    const string Old = "The old weights say this.";
    const string New = "New weights, new words.";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

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
        Assert.Equal(text, RunningServer.TextOf(await RunningServer.EventsAsync(running)));
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
}
