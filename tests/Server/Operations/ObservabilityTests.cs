// What stands in k8s/observability is true: the alerts by promtool, the dashboard's queries by a Prometheus that scrapes a running server
// and a trainer's metrics.
using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Majlis.Server.Models;
using Majlis.tests.Support;
using Majlis.tests.Trainer;
using Majlis.Trainer.Operations;
using Xunit;
using YamlDotNet.Serialization;

namespace Majlis.tests.Server.Operations;

public sealed class ObservabilityTests
{
    static readonly string folder = Path.Combine(Shared.Root, "k8s", "observability");

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_alert_fires_on_its_story_and_not_on_an_ordinary_day()
    {
        var start = new ProcessStartInfo(Programs.Require("promtool"), ["test", "rules", "rules.test.yaml"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var promtool = Process.Start(start)!;
        var said = await Task.WhenAll(promtool.StandardOutput.ReadToEndAsync(Stop), promtool.StandardError.ReadToEndAsync(Stop));
        await promtool.WaitForExitAsync(Stop);
        Assert.True(promtool.ExitCode == 0, string.Concat(said));
        var stories = await File.ReadAllTextAsync(Path.Combine(folder, "rules.test.yaml"), Stop);
        Assert.All(Alerts(), alert => Assert.Contains(alert, stories, StringComparison.Ordinal));
    }

    [Fact]
    public void The_operators_rules_are_the_tested_ones()
    {
        var rule = Yaml<Dictionary<string, object>>("prometheusrule.yaml");
        Assert.Equal("PrometheusRule", rule["kind"]);
        Assert.Equal(Text(Yaml<object>("rules.yaml")), Text(rule["spec"]));
    }

    [Fact]
    public void The_readme_lists_the_alerts() =>
        Assert.Equal(Alerts(), Regex.Matches(Read("README.md"), "^\\| `(\\w+)` ", RegexOptions.Multiline)
            .Select(match => match.Groups[1].Value));

    [Fact]
    public async Task None_of_the_dashboards_queries_is_empty()
    {
        using var files = new TemporaryFolder();
        using var catalog = new TinyCatalog();
        await using var server = await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("an answer", "another")),
            options => options with { Catalog = catalog.Path, Redis = null },
            parts => parts with { Open = (_, version, _) => TinyModel.Of(new RecitingNetwork("newer", "newest"), version) });
        var trainer = new TrainerMetrics();
        var address = FreeAddress.Next();
        using var listening = new MetricsAddress([$"http://{address}"], trainer.Registry);
        await using var prometheus = await PrometheusProcess.StartAsync(files, ("majlis", server.Address.Authority), ("trainer", address));
        using var round = new RoundFixture();
        trainer.Ended(await round.RunAsync(metrics: trainer), DateTimeOffset.UnixEpoch);
        await Eventually.HoldsAsync("both are scraped",
            async () => (await prometheus.QueryAsync("majlis_swaps_total or majlis_rounds_total")).Length > 4);
        catalog.Promote("v2");
        server.Part<ModelWatcher>().Look();

        var queries = Queries().ToHashSet();
        Assert.NotEmpty(queries);
        var tries = 0;
        while (queries.Count > 0)
        {
            if (++tries > 200) Assert.Fail("still empty:\n" + string.Join('\n', queries));
            await server.ChatAsync();
            await VoteAsync(server);
            foreach (var query in queries.ToArray())
                if ((await prometheus.QueryAsync(query)).Length > 0) queries.Remove(query);
        }
    }

    static async Task VoteAsync(RunningServer server)
    {
        var events = await RunningServer.EventsAsync(await server.PostAsync("/v1/arena/battles",
            """{"messages":[{"role":"user","content":"which?"}]}"""));
        var id = (string)JsonNode.Parse(events[0])!["id"]!;
        (await server.PostAsync($"/v1/arena/battles/{id}/vote", """{"verdict":"a"}""")).EnsureSuccessStatusCode();
    }

    /// <summary>Every query of every panel, with Grafana's variables as Grafana fills them in.</summary>
    static IEnumerable<string> Queries() => JsonNode.Parse(Read("dashboard.json"))!["panels"]!.AsArray()
        .SelectMany(panel => panel!["targets"]?.AsArray() ?? []).Select(target => (string)target!["expr"]!)
        .Select(query => query.Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$job", ".*", StringComparison.Ordinal));

    static List<string> Alerts() =>
        [.. Regex.Matches(Read("rules.yaml"), "- alert: (\\w+)").Select(match => match.Groups[1].Value)];

    static string Read(string file) => File.ReadAllText(Path.Combine(folder, file));

    static T Yaml<T>(string file) => new DeserializerBuilder().Build().Deserialize<T>(Read(file));

    static string Text(object tree) => new SerializerBuilder().Build().Serialize(tree);
}
