// What a running trainer tells Prometheus: a real round's steps, gate and verdict, over its own address.
using System.Net;
using System.Net.Sockets;
using Majlis.Evaluation;
using Majlis.tests.Support;
using Majlis.Trainer;
using Majlis.Trainer.Operations;
using Majlis.Trainer.Rounds;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class TrainerMetricsTests
{
    [Fact]
    public async Task A_round_is_told_step_by_step_and_by_its_verdict()
    {
        var metrics = new TrainerMetrics();
        var url = $"http://{FreeAddress.Next()}";
        using var address = new MetricsAddress([url], metrics.Registry);
        using var round = new RoundFixture();
        var outcome = await round.RunAsync(metrics: metrics);
        metrics.Ended(outcome, DateTimeOffset.UnixEpoch.AddSeconds(1234));

        var text = await ReadAsync(url);
        Assert.True(outcome.Promoted, string.Join('\n', outcome.Reasons));
        Assert.Contains("majlis_rounds_total{verdict=\"promoted\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("majlis_rounds_total{verdict=\"refused\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("majlis_round_last_end_timestamp_seconds 1234\n", text, StringComparison.Ordinal);
        Assert.Matches("majlis_gate_held_out_pairs\\{result=\"gained\"\\} [1-9]", text);
        Assert.Matches("majlis_gate_p_value\\{claim=\"better\"\\} [0-9]", text);
        Assert.Matches("majlis_gate_critical_items\\{capability=\"safety\",result=\"both_right\"\\}", text);
        foreach (var name in new[] { "loss", "rewards_margins", "rewards_accuracies", "grad_norm", "learning_rate", "num_tokens", "step" })
            Assert.Matches($"majlis_training_{name}\\{{expert=\"en\"\\}} ", text);
        Assert.Matches("process_resident_memory_bytes [1-9]", text);
    }

    [Fact]
    public void Refusals_in_a_row_are_counted_over_restarts_until_a_promotion()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, RoundFolders.RefusedInARow(folder.File("catalog")));
        foreach (var (number, decision) in new[]
        {
            (1, GateDecision.Refuse), (2, GateDecision.Promote), (3, GateDecision.Refuse), (4, GateDecision.NotEnoughEvidence),
            (5, GateDecision.Refuse),
        })
            new RoundFolder(folder.File("catalog", ".rounds", $"000{number}"), _ => { }).Replace("end",
                new RoundOutcome("v", decision, 0, decision == GateDecision.Promote, true, 1, []));
        Assert.Equal(2, RoundFolders.RefusedInARow(folder.File("catalog")));
    }

    [Theory]
    [InlineData("https://127.0.0.1:9091")]
    [InlineData("http://127.0.0.1:9091/somewhere")]
    [InlineData("9091")]
    public void An_address_that_cannot_be_is_told_at_the_start(string urls)
    {
        var problem = Assert.Single(new TrainerOptions { MetricsUrls = urls }.Problems());
        Assert.StartsWith($"--metrics-urls: '{urls}' is no address", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        var error = Assert.Throws<IOException>(() => new MetricsAddress([url], new TrainerMetrics().Registry));
        Assert.StartsWith($"--metrics-urls: {url} cannot be listened on", error.Message, StringComparison.Ordinal);
    }

    static async Task<string> ReadAsync(string url)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"{url}/metrics"), TestContext.Current.CancellationToken);
    }
}
