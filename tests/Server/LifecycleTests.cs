// What happens to running requests when the client disconnects or the server stops.
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Server;

public sealed class LifecycleTests
{
    const string Answer = "It says this to its end.";

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
    public async Task A_server_told_to_stop_finishes_what_runs()
    {
        var gate = new Gate();
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(Answer) { BeforeStep = gate.Pass }));
        using var end = gate;
        gate.Let(3);
        using var running = await server.StreamAsync();
        var stopped = server.StopAsync();
        await Eventually.HoldsAsync("no new connection is taken", async () => !await IsListeningAsync(server.Address));
        Assert.False(stopped.IsCompleted);
        gate.Open();
        Assert.Equal(Answer, RunningServer.TextOf(await RunningServer.EventsAsync(running)));
        await stopped;
    }

    [Fact]
    public async Task A_request_that_comes_before_the_listener_closes_is_answered()
    {
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork(Answer)));
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

    static bool Freed(RunningServer server, Gate gate)
    {
        gate.Let(1);
        return server.Engine.Progress.Running == 0;
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
