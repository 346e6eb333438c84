// Where two versions do not fit, what runs ends before the next version is loaded and new requests wait; where they do, a rollback is
// instant while the version before still answers.
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Model.Catalog;
using Majlis.Server;
using Majlis.Server.Models;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Server;

public sealed class SwapModeTests : IDisposable
{
    static readonly string old = string.Concat(Enumerable.Repeat("word by word, ", 20));
    const string New = "New weights, new words.";

    readonly TinyCatalog folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("drain", true)]
    [InlineData("auto", false)]
    public async Task Running_requests_end_before_the_next_version_is_loaded_and_new_ones_wait_for_it(string mode, bool fits)
    {
        using var gate = new Gate();
        var before = new RecitingNetwork(old) { BeforeStep = gate.Pass };
        bool? wasGone = null;
        await using var server = await StartAsync(before, mode, fits, version => Opened(before, version, out wasGone));
        using var running = await BeginAsync(server, gate);
        var looking = Task.Run(server.Part<ModelWatcher>().Look, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("requests wait", () => server.Part<LiveModel>().IsClosed);
        var waiting = Enumerable.Range(0, 5).Select(_ => server.ChatAsync()).ToArray();
        Assert.False(before.Disposed);
        gate.Open();
        Assert.Equal(old, RunningServer.TextOf(await RunningServer.EventsAsync(running)));
        await looking;
        foreach (var reply in await Task.WhenAll(waiting)) Assert.Equal((New, "v2"), Said(await RunningServer.JsonAsync(reply)));
        Assert.True(wasGone is true);
    }

    [Theory]
    [InlineData("overlap", false)]
    [InlineData("auto", true)]
    public async Task Where_both_fit_the_next_version_is_loaded_beside_the_running_one_and_nobody_waits(string mode, bool fits)
    {
        using var gate = new Gate();
        var before = new RecitingNetwork(old) { BeforeStep = gate.Pass };
        bool? wasGone = null;
        await using var server = await StartAsync(before, mode, fits, version => Opened(before, version, out wasGone));
        using var running = await BeginAsync(server, gate);
        server.Part<ModelWatcher>().Look();
        Assert.True(wasGone is false);
        gate.Open();
        Assert.Equal((New, "v2"), Said(await RunningServer.JsonAsync(await server.ChatAsync())));
    }

    [Fact]
    public async Task A_rollback_is_instant_while_the_version_before_still_answers()
    {
        using var gate = new Gate();
        var first = new RecitingNetwork(old) { BeforeStep = gate.Pass };
        var opened = 0;
        await using var server = await StartAsync(first, "auto", fits: true, version =>
        {
            opened++;
            return TinyModel.Of(new RecitingNetwork(New), version);
        }, "v1");
        gate.Let(5);
        using var running = await server.StreamAsync();
        folder.Promote("v1");
        folder.Promote("v2");
        server.Part<ModelWatcher>().Look();
        Assert.Equal("v2", server.Part<LiveModel>().Current!.Version);
        var catalog = new ModelCatalog(folder.Path, TimeProvider.System);
        var state = catalog.State();
        Assert.True(catalog.TrySwap(state, state.RollBack(), Moves.Promote));
        server.Part<ModelWatcher>().Look();
        Assert.Equal("v1", server.Part<LiveModel>().Current!.Version);
        Assert.Equal(1, opened);
        gate.Open();
        Assert.Equal(old, RunningServer.TextOf(await RunningServer.EventsAsync(running)));
        Assert.Equal((old, "v1"), Said(await RunningServer.JsonAsync(await server.ChatAsync())));
        Assert.False(first.Disposed);
    }

    [Fact]
    public async Task A_rollback_while_requests_end_cancels_the_swap_and_lets_others_in_at_once()
    {
        using var gate = new Gate();
        var first = new RecitingNetwork(old) { BeforeStep = gate.Pass };
        var opened = 0;
        await using var server = await StartAsync(first, "drain", fits: true, version =>
        {
            opened++;
            return TinyModel.Of(new RecitingNetwork(New), version);
        }, "v1");
        folder.Promote("v1");
        using var running = await BeginAsync(server, gate);
        var looking = Task.Run(server.Part<ModelWatcher>().Look, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("requests wait", () => server.Part<LiveModel>().IsClosed);
        var waiting = server.ChatAsync();
        var catalog = new ModelCatalog(folder.Path, TimeProvider.System);
        var state = catalog.State();
        Assert.True(catalog.TrySwap(state, state.RollBack(), Moves.Promote));
        await looking;
        Assert.False(first.Disposed);
        gate.Open();
        Assert.Equal((old, "v1"), Said(await RunningServer.JsonAsync(await waiting)));
        Assert.Equal(old, RunningServer.TextOf(await RunningServer.EventsAsync(running)));
        Assert.Equal(0, opened);
    }

    [Fact]
    public async Task A_version_that_does_not_open_after_the_old_one_has_ended_brings_the_old_one_back()
    {
        var before = new RecitingNetwork(old);
        await using var server = await StartAsync(before, "drain", fits: true, version => version == "v2"
            ? throw new ModelFormatException("v2 has no config.json") : TinyModel.Of(new RecitingNetwork(old), version), "v1");
        folder.Promote("v1");
        folder.Promote("v2");
        server.Part<ModelWatcher>().Look();
        Assert.True(before.Disposed);
        Assert.Equal((old, "v1"), Said(await RunningServer.JsonAsync(await server.ChatAsync())));
    }

    [Fact]
    public void A_way_of_swapping_that_is_none_is_refused_at_the_start() =>
        Assert.Contains("--swap: 'now' is none of auto, overlap, drain.", new ServerOptions { Swap = "now" }.Problems());

    static LoadedModel Opened(RecitingNetwork before, string version, out bool? wasGone)
    {
        wasGone = before.Disposed;
        return TinyModel.Of(new RecitingNetwork(New), version);
    }

    /// <summary>A stream that is held in the middle while another version is promoted.</summary>
    async Task<HttpResponseMessage> BeginAsync(RunningServer server, Gate gate)
    {
        gate.Let(5);
        var running = await server.StreamAsync();
        folder.Promote("v2");
        return running;
    }

    Task<RunningServer> StartAsync(
        RecitingNetwork network, string mode, bool fits, Func<string, LoadedModel> open, string version = "tiny") =>
        RunningServer.StartAsync(TinyModel.Of(network, version), options => options with { Catalog = folder.Path, Swap = mode },
            parts => parts with { Open = (_, wanted, _) => open(wanted), Fits = (_, _) => fits });

    static (string Text, string Model) Said(JsonObject reply) =>
        ((string)reply["choices"]![0]!["message"]!["content"]!, (string)reply["model"]!);
}
