// How a process beside the server is started again, with real processes and a clock of our own. Most are shells in the trainer's place.
using System.ComponentModel;
using System.Diagnostics;
using Majlis.Server.Operations;
using Majlis.Server.Training;
using Majlis.tests.Support;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Server.Training;

public sealed class TrainerChildTests : IDisposable
{
    readonly FakeTimeProvider time = new();
    readonly CollectedLog log = new();
    readonly ServerMetrics metrics = new();
    readonly ApplicationLifetime lifetime = new(NullLogger<ApplicationLifetime>.Instance);

    public void Dispose() => log.Dispose();

    [Fact]
    public async Task It_is_started_again_after_pauses_that_grow_to_five_minutes()
    {
        await using var child = await StartAsync(() => Shell("echo said; echo wrong >&2; exit 7"));
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 32, 64, 128, 256, 300 })
        {
            await SaidAsync($"Warning: The trainer ended (exit code 7) and is started again in {seconds} s.", last: true);
            time.Advance(TimeSpan.FromSeconds(seconds));
        }
        await SaidAsync("ended", 11);
        Assert.Equal(11, log.Lines.Count(line => line == "Information: trainer: said"));
        Assert.Equal(11, log.Lines.Count(line => line == "Warning: trainer: wrong"));
        Assert.Contains("majlis_trainer_starts_total 11", await MetricsAsync(), StringComparison.Ordinal);
        Assert.Contains("majlis_trainer_up 0", await MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_ran_for_long_is_started_again_soon()
    {
        await using var child = await StartAsync(() => Shell("read line"));
        for (var start = 1; start <= 2; start++)
        {
            await SaidAsync("as process", start);
            Assert.Contains("majlis_trainer_up 1", await MetricsAsync(), StringComparison.Ordinal);
            time.Advance(TimeSpan.FromMinutes(6));
            Kill();
            await SaidAsync("(exit code 137) and is started again in 1 s.", start);
            time.Advance(TimeSpan.FromSeconds(1));
        }
        await SaidAsync("as process", 3);
    }

    [Fact]
    public async Task One_that_refuses_its_options_is_not_started_again()
    {
        await using var child = await StartAsync(() => Shell("exit 2"));
        await SaidAsync("Error: The trainer refuses its options");
        await child.EndAsync();
        Assert.Contains("majlis_trainer_starts_total 1", await MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_cannot_be_started_is_tried_again()
    {
        await using var child = await StartAsync(() => throw new Win32Exception("no such program"));
        await SaidAsync("ended (no such program) and is started again in 1 s.");
    }

    [Fact]
    public async Task It_is_not_started_before_the_server_listens_and_ends_with_it()
    {
        var asked = 0;
        await using var child = await StartAsync(() => { asked++; return Shell("read line"); }, listens: false);
        Assert.Equal(0, asked);
        lifetime.NotifyStarted();
        await SaidAsync("as process");
        using var process = Process.GetProcessById(Id);
        await child.DisposeAsync();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.DoesNotContain(log.Lines, line => line.Contains("again", StringComparison.Ordinal));
    }

    int Id => int.Parse(log.Lines.Last(line => line.Contains("as process", StringComparison.Ordinal)).Split(' ')[^1].TrimEnd('.'),
        System.Globalization.CultureInfo.InvariantCulture);

    void Kill()
    {
        using var process = Process.GetProcessById(Id);
        process.Kill();
    }

    Task SaidAsync(string words, int times = 1, bool last = false) => Eventually.HoldsAsync(words, () =>
        last ? log.Lines.LastOrDefault(line => line.Contains("ended", StringComparison.Ordinal)) == words
            : log.Lines.Count(line => line.Contains(words, StringComparison.Ordinal)) >= times);

    async Task<string> MetricsAsync()
    {
        using var text = new MemoryStream();
        await metrics.Registry.CollectAndExportAsTextAsync(text, TestContext.Current.CancellationToken);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    async Task<RunningChild> StartAsync(Func<ProcessStartInfo> how, bool listens = true)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the programs are shells");
        var child = new TrainerChild(how, metrics, lifetime, time, new Logger<TrainerChild>(log));
        await child.StartAsync(TestContext.Current.CancellationToken);
        if (listens) lifetime.NotifyStarted();
        return new RunningChild(child);
    }

    static ProcessStartInfo Shell(string command) => new("sh", ["-c", command])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    sealed class RunningChild(TrainerChild child) : IAsyncDisposable
    {
        public Task EndAsync() => child.ExecuteTask!;

        public async ValueTask DisposeAsync()
        {
            await child.StopAsync(CancellationToken.None);
            child.Dispose();
        }
    }
}
