// A real Prometheus that scrapes what a test names, with its data in a folder of the test.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Operations;

sealed class PrometheusProcess : IAsyncDisposable
{
    readonly Process process;
    readonly HttpClient http;

    PrometheusProcess(Process process, Uri address)
    {
        this.process = process;
        http = new HttpClient { BaseAddress = address };
    }

    /// <summary>Starts it, or skips the test where the program is missing.</summary>
    /// <param name="jobs">What to scrape: a job's name and HOST:PORT.</param>
    public static async Task<PrometheusProcess> StartAsync(TemporaryFolder folder, params (string Job, string Target)[] jobs)
    {
        var program = Programs.Require("prometheus");
        var config = folder.File("prometheus.yml");
        await File.WriteAllTextAsync(config, "global: { scrape_interval: 200ms }\nscrape_configs:\n" + string.Concat(jobs.Select(job =>
            $"  - job_name: {job.Job}\n    static_configs: [{{ targets: ['{job.Target}'] }}]\n")));
        var address = FreeAddress.Next();
        var process = Process.Start(new ProcessStartInfo(program,
        [
            $"--config.file={config}", $"--storage.tsdb.path={folder.File("prometheus")}", $"--web.listen-address={address}",
            "--log.level=error",
        ])
        { RedirectStandardError = true })!;
        var started = new PrometheusProcess(process, new Uri($"http://{address}"));
        await Eventually.HoldsAsync("Prometheus is ready", started.IsReadyAsync);
        return started;
    }

    /// <summary>The values of an instant query; empty where it has none, or none that is a number.</summary>
    public async Task<double[]> QueryAsync(string query)
    {
        using var reply = await http.GetAsync(new Uri($"/api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative),
            TestContext.Current.CancellationToken);
        var body = JsonNode.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.True((string?)body["status"] == "success", $"{query}: {body["error"]}");
        return [.. body["data"]!["result"]!.AsArray()
            .Select(sample => double.Parse((string)sample!["value"]![1]!, CultureInfo.InvariantCulture)).Where(double.IsFinite)];
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    async Task<bool> IsReadyAsync()
    {
        if (process.HasExited) Assert.Fail(await process.StandardError.ReadToEndAsync());
        try
        {
            using var reply = await http.GetAsync(new Uri("/-/ready", UriKind.Relative), TestContext.Current.CancellationToken);
            return reply.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
