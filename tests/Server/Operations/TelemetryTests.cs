// A real server process with a collector and without: what leaves it by OTLP, what it writes as log, and that neither holds a text.
using System.Diagnostics;
using System.Text.Json.Nodes;
using Majlis.Server.Operations;
using Majlis.tests.Support;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Majlis.tests.Server.Operations;

public sealed class TelemetryTests
{
    const string Trace = "0af7651916cd43dd8448eb211c80319c";
    const string Caller = "b7ad6b7169203331";
    const string Secret = "zanzibar";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_chat_leaves_spans_metrics_and_a_log_line_and_none_holds_its_text()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder, start =>
        {
            start.ArgumentList.Add("--log");
            start.ArgumentList.Add("json");
            start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address;
            start.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
            start.Environment["OTEL_BSP_SCHEDULE_DELAY"] = "100";
            start.Environment["OTEL_METRIC_EXPORT_INTERVAL"] = "100";
        });
        var address = (string)JsonNode.Parse(server.Said)!["State"]!["Urls"]!;
        var (id, reply) = await ChatAsync(address);
        await Eventually.HoldsAsync("spans and metrics arrive", () => collector.Spans().Count >= 3 && collector.Histograms().Count >= 3);

        Check(collector, id, reply);
        await TerminateAsync(server);
        var log = await server.Rest;
        Check(log, id, reply);
        Assert.False(collector.Holds(Secret), "a text left by OTLP");
        Assert.DoesNotContain(Secret, log, StringComparison.Ordinal);
        var said = (string)reply["choices"]![0]!["message"]!["content"]!;
        Assert.False(collector.Holds(said), "an answer left by OTLP");
        Assert.DoesNotContain(said, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_collector_the_library_is_not_even_loaded_and_the_log_stays_as_it_is()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux lists the files that a process has mapped.");
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder,
            start => start.Environment["Logging__LogLevel__Majlis.Server.Operations"] = "Warning");
        var address = server.Said.Split(" on ")[^1].TrimEnd('.');
        await ChatAsync(address);
        using var admin = new HttpClient { BaseAddress = new Uri(address) };
        using var moved = await admin.PostAsync(new Uri("/v1/catalog/versions/v9/promote", UriKind.Relative), null, Stop);
        var mapped = await File.ReadAllTextAsync($"/proc/{server.Id}/maps", Stop);
        Assert.Contains("Majlis.Server.dll", mapped, StringComparison.Ordinal);
        Assert.DoesNotContain("OpenTelemetry", mapped, StringComparison.Ordinal);
        await TerminateAsync(server);
        var log = await server.Rest;
        Assert.DoesNotContain("/v1/chat/completions", log, StringComparison.Ordinal);
        // However quiet the rest is.
        Assert.Contains($"Admin anonymous asked to change: POST /v1/catalog/versions/v9/promote, answered {(int)moved.StatusCode} (req_",
            log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("collector:4318", null, "OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' is no address like http://collector:4318.")]
    [InlineData("http://collector:4318", "http/json", "OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' is neither grpc nor http/protobuf.")]
    [InlineData("http://collector:4318", "grpc", null)]
    [InlineData(null, "http/json", null)]
    public void A_collector_that_cannot_be_is_told_at_the_start(string? endpoint, string? protocol, string? problem)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), new("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ]).Build();
        Assert.Equal(problem, OpenTelemetryExport.Problems(settings).SingleOrDefault());
    }

    static void Check(OtlpReceiver collector, string id, JsonNode reply)
    {
        var spans = collector.Spans();
        var request = Assert.Single(spans, span => span.Name == "POST /v1/chat/completions");
        Assert.Equal((Trace, Caller, 2ul), (request.Trace, request.Parent, request.Kind));
        Assert.Equal(("/v1/chat/completions", 200L), (request.Tags["http.route"], request.Tags["http.response.status_code"]));
        Assert.Equal(id, request.Tags["http.response.header.x-request-id"]);
        var chat = Assert.Single(spans, span => span.Name == "chat current");
        Assert.Equal((Trace, request.Id), (chat.Trace, chat.Parent));
        Assert.Equal((id, (string)reply["id"]!), (chat.Tags["gen_ai.request.id"], chat.Tags["gen_ai.response.id"]));
        Assert.Equal(("chat", (string)reply["model"]!, "length"),
            (chat.Tags["gen_ai.operation.name"], chat.Tags["gen_ai.response.model"], chat.Tags["gen_ai.response.finish_reasons"]));
        Assert.Equal(((long)reply["usage"]!["prompt_tokens"]!, 5L),
            (chat.Tags["gen_ai.usage.input_tokens"], chat.Tags["gen_ai.usage.output_tokens"]));
        Assert.All(spans, span => Assert.False(span.Tags.ContainsKey("url.query"), span.Name));
        Assert.Equal("other", Assert.Single(spans, span => span.Kind == 2 && span.Trace != Trace).Tags["url.path"]);
        Assert.All(collector.Services(), service => Assert.Equal(("majlis", ServerVersion.Build), service));
        foreach (var name in new[] { "request.duration", "time_to_first_token", "time_per_output_token" })
        {
            var point = collector.Histograms().Last(histogram => histogram.Name == $"gen_ai.server.{name}");
            Assert.Equal(("s", 1ul, "majlis"), (point.Unit, point.Count, point.Tags["gen_ai.provider.name"]));
            Assert.True(point.Sum > 0, name);
        }
    }

    static void Check(string log, string id, JsonNode reply)
    {
        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string)line["Timestamp"]!));
        var state = Assert.Single(lines, line => (string?)line["State"]?["Id"] == id)["State"]!;
        Assert.Equal(("POST", "/v1/chat/completions", 200), ((string)state["Method"]!, (string)state["Path"]!, (int)state["Status"]!));
        Assert.Equal(("anonymous", (string)reply["model"]!, Trace),
            ((string)state["Key"]!, (string)state["Version"]!, (string)state["TraceId"]!));
        Assert.Equal(((int)reply["usage"]!["prompt_tokens"]!, 5), ((int)state["PromptTokens"]!, (int)state["OutputTokens"]!));
        Assert.InRange((double)state["FirstTokenSeconds"]!, (double)state["QueueSeconds"]!, (double)state["Seconds"]!);
        Assert.Equal("other", (string)Assert.Single(lines, line => (int?)line["State"]?["Status"] == 404)["State"]!["Path"]!);
    }

    static Task<ServerProcess> StartAsync(TemporaryFolder folder, Action<ProcessStartInfo> more)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Majlis.Server"),
        [
            "--model", Shared.Require(Shared.AnyModel), "--data", folder.File("data"), "--catalog", folder.File("catalog"),
            "--urls", "http://127.0.0.1:0",
        ]);
        start.Environment["Logging__LogLevel__Default"] = "Information"; // other tests ask for less, and what they ask is inherited
        more(start);
        return ServerProcess.StartAsync(start, "Serving ");
    }

    /// <summary>A chat and a request to nowhere, both with a secret in them; gives the chat's request id and reply.</summary>
    static async Task<(string Id, JsonNode Reply)> ChatAsync(string address)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        using var lost = await http.GetAsync(new Uri($"/{Secret}?{Secret}={Secret}", UriKind.Relative), Stop);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/chat/completions?{Secret}={Secret}")
        {
            Content = new StringContent($$"""
                {"model": "current", "messages": [{"role": "user", "content": "Tell me of {{Secret}}."}],
                 "max_tokens": 5, "ignore_eos": true}
                """, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")),
        };
        request.Headers.Add("traceparent", $"00-{Trace}-{Caller}-01");
        using var reply = await http.SendAsync(request, Stop);
        return (reply.Headers.GetValues("x-request-id").Single(), JsonNode.Parse(await reply.Content.ReadAsStringAsync(Stop))!);
    }

    static async Task TerminateAsync(ServerProcess server)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{server.Id}"]);
        await kill.WaitForExitAsync(Stop);
        Assert.Equal(0, await server.ExitAsync());
    }
}
