// Failures that are not the client's fault, as the client sees them: a full queue, a network that fails before or after the first byte.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Inference;
using Xunit;

namespace Majlis.tests.Server;

public sealed class FailureTests
{
    [Fact]
    public async Task A_full_queue_is_answered_at_once()
    {
        var gate = new Gate();
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("slowly") { BeforeStep = gate.Pass }),
            parts: parts => parts with { Engine = new EngineOptions { MaxSequences = 1, QueueLimit = 0 } });
        using var end = gate;
        gate.Let(2);
        using var running = await server.StreamAsync();
        foreach (var stream in new[] { true, false })
        {
            var http = await server.ChatAsync(new() { ["stream"] = stream });
            var error = (await RunningServer.JsonAsync(http))["error"]!;
            Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limit_exceeded"), (http.StatusCode, (string?)error["code"]));
            Assert.NotNull(http.Headers.RetryAfter);
        }
        gate.Open();
        Assert.Equal("[DONE]", (await RunningServer.EventsAsync(running))[^1]);
    }

    [Fact]
    public async Task Several_choices_find_their_places_together_or_not_at_all()
    {
        var gate = new Gate(); // blocked, so that no choice ends before the next one is queued
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("yes") { BeforeStep = gate.Pass }),
            parts: parts => parts with { Engine = new EngineOptions { MaxSequences = 1, QueueLimit = 1 } });
        using var end = gate;
        Assert.Equal(HttpStatusCode.TooManyRequests, (await server.ChatAsync(new() { ["n"] = 3 })).StatusCode);
        gate.Open();
        await Support.Eventually.HoldsAsync("their places are free again", async () =>
            (await server.ChatAsync(new() { ["n"] = 2 })).StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_network_that_breaks_is_a_500_under_an_id_and_the_next_request_is_answered()
    {
        var broken = true;
        var network = new RecitingNetwork("yes") { BeforeStep = () => Break(broken) };
        await using var server = await RunningServer.StartAsync(TinyModel.Of(network));
        var http = await server.ChatAsync();
        var error = (await RunningServer.JsonAsync(http))["error"]!;
        Assert.Equal((HttpStatusCode.InternalServerError, "server_error"), (http.StatusCode, (string?)error["type"]));
        Assert.Matches("err_[0-9A-Za-z]{24}", (string)error["message"]!);
        Assert.DoesNotContain("tensor", (string)error["message"]!, StringComparison.Ordinal);
        broken = false;
        Assert.Equal(HttpStatusCode.OK, (await server.ChatAsync()).StatusCode);
    }

    [Fact]
    public async Task After_the_first_byte_a_failure_is_the_last_event_and_the_stream_breaks_off()
    {
        var steps = 0;
        var network = new RecitingNetwork("yes, and more") { BeforeStep = () => Break(++steps > 3) };
        await using var server = await RunningServer.StartAsync(TinyModel.Of(network));
        using var http = await server.StreamAsync();
        var events = await RunningServer.BrokenEventsAsync(http);
        Assert.Equal(HttpStatusCode.OK, http.StatusCode);
        Assert.Equal("internal_error", (string)JsonNode.Parse(events[^1])!["error"]!["code"]!);
        Assert.Equal("yes", string.Concat(events[..^1]
            .Select(item => (string?)JsonNode.Parse(item)!["choices"]![0]!["delta"]!["content"])));
    }

    static void Break(bool broken)
    {
        if (broken) throw new InvalidOperationException("a tensor went missing");
    }
}
