// What /metrics says after real chats, votes and swaps: names, labels with few values, and counters that never go back.
using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Majlis.Inference;
using Majlis.Server.Access;
using Majlis.Server.Chat;
using Majlis.Server.Models;
using Majlis.Server.Operations;
using Majlis.tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Majlis.tests.Server.Operations;

public sealed class MetricsTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tokens_and_times_of_a_chat_are_counted()
    {
        await using var server = await RunningServer.StartAsync("ten tokens");
        await server.ChatAsync();
        await server.ChatAsync(new() { ["stream"] = true });
        var metrics = await ReadAsync(server);
        Assert.Equal(22, metrics["majlis_generation_tokens_total"]); // with the token that ends each answer
        Assert.Equal(2, metrics["majlis_time_to_first_token_seconds_count"]);
        Assert.Equal(2, metrics["majlis_request_queue_time_seconds_count"]);
        Assert.Equal(20, metrics["majlis_inter_token_latency_seconds_count"]);
        Assert.Equal(2, metrics["majlis_request_duration_seconds_count{path=\"/v1/chat/completions\"}"]);
        Assert.InRange(metrics["majlis_prompt_tokens_cached_total"], 1, metrics["majlis_prompt_tokens_total"] - 1);
        Assert.Contains("majlis_inter_token_latency_seconds_bucket{le=\"0.0005\"}", metrics.Keys);
        Assert.Equal(1, metrics["majlis_model_info{version=\"tiny\"}"]);
        Assert.Equal(1, metrics["majlis_versions_live"]);
        Assert.Equal(0, metrics["majlis_engine_stuck"]);
        Assert.InRange(metrics["process_resident_memory_bytes"], 1e6, 1e12);
    }

    [Fact]
    public async Task Whatever_clients_ask_for_the_labels_stay_few()
    {
        await using var server = await RunningServer.StartAsync("short");
        for (var i = 0; i < 5; i++)
        {
            await server.Http.GetAsync(new Uri($"/no/such/path/{i}", UriKind.Relative), Stop);
            await server.Http.GetAsync(new Uri($"/v1/models/no-such-model-{i}", UriKind.Relative), Stop);
            await server.PostAsync($"/v1/arena/battles/no-such-battle-{i}/vote", """{"verdict":"a"}""");
        }
        var series = (await ReadAsync(server)).Keys.Where(name => name.StartsWith("majlis_requests_total", StringComparison.Ordinal));
        Assert.Equal(
        [
            "majlis_requests_total{path=\"/v1/arena/battles/{id}/vote\",status=\"503\",role=\"anonymous\"}",
            "majlis_requests_total{path=\"/v1/models/{**id}\",status=\"404\",role=\"anonymous\"}",
            "majlis_requests_total{path=\"other\",status=\"404\",role=\"anonymous\"}",
        ], series.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Roles.Inference), InlineData(Roles.Rater), InlineData(Roles.Admin)]
    public void A_keys_role_is_told(string role)
    {
        var http = new DefaultHttpContext();
        Assert.Equal("none", RequestObservation.RoleOf(http));
        http.User = Caller.Of("key", "a key's name", Roles.Of(role));
        Assert.Equal(role, RequestObservation.RoleOf(http));
    }

    [Fact]
    public async Task What_is_no_readable_request_is_counted_too()
    {
        await using var server = await RunningServer.StartAsync("short");
        using var client = new TcpClient(server.Address.Host, server.Address.Port);
        await client.GetStream().WriteAsync("nonsense\r\n\r\n"u8.ToArray(), Stop);
        using var reply = new StreamReader(client.GetStream());
        Assert.StartsWith("HTTP/1.1 400 ", await reply.ReadToEndAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(1, (await ReadAsync(server))["majlis_requests_total{path=\"other\",status=\"400\",role=\"none\"}"]);
    }

    [Fact]
    public async Task A_reply_that_breaks_off_is_counted_though_its_status_was_200()
    {
        var steps = 0;
        var network = new RecitingNetwork("a text that is never finished")
        {
            BeforeStep = () => { if (++steps > 5) throw new InvalidOperationException("the device is gone"); },
        };
        await using var server = await RunningServer.StartAsync(TinyModel.Of(network));
        using var reply = await server.StreamAsync();
        await RunningServer.BrokenEventsAsync(reply);
        await Eventually.HoldsAsync("the broken reply is counted",
            async () => (await ReadAsync(server))["majlis_replies_broken_total"] == 1);
    }

    [Fact]
    public async Task A_swap_is_timed_and_the_replaced_version_leaves_the_labels()
    {
        using var folder = new TinyCatalog();
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("old")),
            options => options with { Catalog = folder.Path },
            parts => parts with { Open = (_, version, _) => TinyModel.Of(new RecitingNetwork("new"), version) });
        Assert.Equal(0, (await ReadAsync(server))["majlis_swaps_total{result=\"taken\"}"]);
        folder.Promote("v2");
        server.Part<ModelWatcher>().Look();
        var metrics = await ReadAsync(server);
        Assert.Equal(1, metrics["majlis_swaps_total{result=\"taken\"}"]);
        Assert.Equal(1, metrics["majlis_swap_duration_seconds_count{result=\"taken\"}"]);
        Assert.Equal(["majlis_model_info{version=\"v2\"}"],
            metrics.Keys.Where(name => name.StartsWith("majlis_model_info", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_store_that_is_away_is_told_and_a_scrape_does_not_wait_for_it()
    {
        await using var server = await RunningServer.StartAsync("short");
        Assert.Equal(0, (await ReadAsync(server))["majlis_store_up"]);
    }

    [Fact]
    public async Task Counting_a_token_allocates_nothing()
    {
        var metrics = new GenerationMetrics(new ServerMetrics(), TimeProvider.System);
        var model = TinyModel.Of(new RecitingNetwork("short"));
        using var live = new LiveModel();
        live.Swap(model);
        await CountAsync(10); // compiled, and its series made
        var (few, many) = (await CountAsync(100), await CountAsync(10_000));
        Assert.InRange(many - few, -500, 500); // what the runtime itself allocates now and then

        // Everything ends at once, so all of it happens on this thread.
        async Task<long> CountAsync(int tokens)
        {
            using var run = new ChatRun("id", 0, "current", live.Lease()!, [1], [new([1], SamplingOptions.Greedy, tokens)])
            {
                Conversation = new([]),
            };
            var record = new RequestRecord(0) { Run = run };
            var before = GC.GetAllocatedBytesForCurrentThread();
            await foreach (var _ in metrics.Count(record, Pieces(tokens))) { }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    static async IAsyncEnumerable<(int, GeneratedPiece)> Pieces(int count)
    {
        await Task.CompletedTask;
        var piece = new GeneratedPiece([new(1, -1, [])], "a", null) { Times = new(1, 2, 3) };
        for (var i = 0; i < count; i++) yield return (0, piece);
    }

    /// <summary>The table of the room's README names every metric of ours, and no other.</summary>
    [Fact]
    public async Task The_readme_names_every_metric()
    {
        await using var server = await RunningServer.StartAsync("short");
        await server.ChatAsync();
        var served = Regex.Matches(await TextAsync(server), "^# TYPE (majlis_\\w+) ", RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value);
        var readme = await File.ReadAllTextAsync(Path.Combine(Shared.Root, "Server", "Operations", "README.md"), Stop);
        var named = Regex.Matches(readme, "`(majlis_\\w+)`").Select(match => match.Groups[1].Value);
        // Those of a trainer beside the server come with it.
        named = named.Distinct().Where(name => !name.StartsWith("majlis_trainer_", StringComparison.Ordinal));
        Assert.Equal(served.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    static Task<string> TextAsync(RunningServer server) => server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Stop);

    static async Task<Dictionary<string, double>> ReadAsync(RunningServer server) =>
        (await TextAsync(server)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')
            .ToDictionary(line => line[..line.LastIndexOf(' ')],
                line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
