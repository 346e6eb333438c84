// What a process that trains experts for a trainer tells Prometheus: its own steps while it trains, and nothing of rounds.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Majlis.CommandLine;
using Majlis.tests.Support;
using Majlis.Trainer;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class ExpertMetricsTests
{
    [Fact]
    public async Task Each_step_is_told_while_it_trains()
    {
        using var round = new RoundFixture { ExpertJobs = true };
        round.Watch = line =>
        {
            if (line.StartsWith("waiting for other processes", StringComparison.Ordinal)) throw new OperationCanceledException(line);
        };
        // Longer than anybody waits, at a rate at which nothing goes wrong: the process is ended as soon as it was heard.
        var endless = RoundFixture.Options with { Epochs = 100_000, LearningRate = 1e-6 };
        await Assert.ThrowsAsync<OperationCanceledException>(() => round.RunAsync(endless));
        var url = $"http://{FreeAddress.Next()}";
        var start = new ProcessStartInfo(TrainerBuild.Program, ["expert", "--catalog", round.Folder, "--metrics-urls", url]);
        await using var expert = await ServerProcess.StartAsync(start, "share 0 of 1: ar, en");
        using var http = new HttpClient();
        var page = "";
        await Eventually.HoldsAsync("a step is told", async () =>
        {
            page = await http.GetStringAsync(new Uri($"{url}/metrics"), TestContext.Current.CancellationToken);
            return page.Contains("majlis_training_step{expert=\"ar\"}", StringComparison.Ordinal);
        });
        Assert.Matches("majlis_training_loss\\{expert=\"ar\"\\} [0-9]", page);
        Assert.Matches("process_resident_memory_bytes [1-9]", page);
        Assert.DoesNotContain("majlis_rounds", page, StringComparison.Ordinal);
        Assert.DoesNotContain("majlis_gate", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_cannot_be_is_refused_wherever_it_is_given()
    {
        using var folder = new TemporaryFolder();
        string[] expert = ["expert", "--catalog", folder.Path];
        Assert.Equal(HostCommand.WrongOptions, await RunAsync(null, [.. expert, "--metrics-urls", "9091"]));
        Assert.Equal(HostCommand.WrongOptions, await RunAsync("https://127.0.0.1:9091", expert));
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        Assert.Equal((int)TrainerExit.Failed, await RunAsync(url, expert));
        Assert.Equal(0, await RunAsync(null, expert));
    }

    /// <param name="metricsUrls">What the environment has.</param>
    static Task<int> RunAsync(string? metricsUrls, string[] arguments) => TrainerCommand.Build(
        new OptionSources(name => name == "metrics_urls" ? metricsUrls : null), _ => Task.FromResult(0)).RunAsync(arguments);
}
