// Keeps a trainer beside the server: its lines go to the server's log, it is started again with growing pauses when it ends, and it ends
// with the server. Knows no round.
using System.ComponentModel;
using System.Diagnostics;
using Majlis.CommandLine;
using Majlis.Server.Operations;
using Prometheus;

namespace Majlis.Server.Training;

/// <param name="how">How the trainer is started, asked before each start.</param>
/// <param name="metrics">They show whether it runs.</param>
/// <param name="lifetime">It is started once the server listens.</param>
/// <param name="time">For the pauses.</param>
/// <param name="log">Gets its lines.</param>
// A process rather than a task of this one: neither a crash of training nor its memory takes a request down, and the native libraries are
// set for one kind of work in a process.
sealed class TrainerChild(Func<ProcessStartInfo> how, ServerMetrics metrics, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<TrainerChild> log) : BackgroundService
{
    static readonly TimeSpan shortest = TimeSpan.FromSeconds(1);
    static readonly TimeSpan longest = TimeSpan.FromMinutes(5);

    readonly Gauge up = Metrics.WithCustomRegistry(metrics.Registry).CreateGauge("majlis_trainer_up",
        "1 while the trainer beside the server runs.");
    readonly Counter starts = Metrics.WithCustomRegistry(metrics.Registry).CreateCounter("majlis_trainer_starts_total",
        "Starts of the trainer beside the server.");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using (lifetime.ApplicationStarted.Register(listening.SetResult)) await listening.Task.WaitAsync(stoppingToken);
            await KeepAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
    }

    async Task KeepAsync(CancellationToken stop)
    {
        for (var pause = shortest; ;)
        {
            var begun = time.GetTimestamp();
            var end = await RunAsync(stop);
            if (stop.IsCancellationRequested || end is null) return;
            if (time.GetElapsedTime(begun) > longest) pause = shortest;
            // The wait begins before it is told.
            var rest = Task.Delay(pause, time, stop);
            log.TrainerEnded(end, pause.TotalSeconds);
            await rest;
            pause = pause * 2 < longest ? pause * 2 : longest;
        }
    }

    /// <summary>Runs it once, and gives how it ended; null where another start could not end otherwise.</summary>
    async Task<string?> RunAsync(CancellationToken stop)
    {
        try
        {
            using var child = Process.Start(how())!;
            starts.Inc();
            up.Set(1);
            log.TrainerRuns(child.Id);
            // It loses nothing when it is killed. Should this process be killed instead, the child sees the end of its standard input.
            using var end = stop.Register(child.Kill);
            await Task.WhenAll(ReadAsync(child.StandardOutput, log.TrainerSays), ReadAsync(child.StandardError, log.TrainerComplains),
                child.WaitForExitAsync(CancellationToken.None));
            if (child.ExitCode != HostCommand.WrongOptions) return $"exit code {child.ExitCode}";
            log.TrainerOptionsWrong();
            return null;
        }
        catch (Exception refused) when (refused is Win32Exception or IOException or UnauthorizedAccessException)
        {
            return refused.Message;
        }
        finally
        {
            up.Set(0);
        }
    }

    static async Task ReadAsync(StreamReader output, Action<string> say)
    {
        while (await output.ReadLineAsync() is { } line)
            if (line.Length > 0) say(line);
    }
}
