// Checks new jobs at once and trains one job at a time in the background, the oldest first; after a restart it goes on with what was not
// over. Knows neither files nor metrics.
using System.Collections.Concurrent;
using Majlis.Server.Operations;

namespace Majlis.Server.FineTuning;

sealed class JobRunner(JobStore jobs, JobCheck check, JobRun run, ILogger<JobRunner> log) : BackgroundService
{
    readonly SemaphoreSlim wake = new(0);
    readonly ConcurrentDictionary<string, bool> broken = new();
    readonly Lock changing = new();
    Training? current;

    /// <summary>There is something to check, to train or to stop.</summary>
    public void Wake() => wake.Release();

    /// <summary>Stops the training of a job that is no longer to be trained; what is done so far stays on disk.</summary>
    public void Stop(string id)
    {
        lock (changing)
            if (current?.Id == id) current.Stop.Cancel();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        Task trained = Task.CompletedTask;
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var job in jobs.Open().Where(IsWell).Where(job => job.Status == StoredJob.ValidatingFiles))
                await TryAsync(job.Id, () => check.RunAsync(job, stoppingToken), stoppingToken);
            if (trained.IsCompleted && jobs.Open().FirstOrDefault(IsWell) is { } next) trained = TrainAsync(next, stoppingToken);
            await wake.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await trained;
    }

    async Task TrainAsync(StoredJob job, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        lock (changing) current = new(job.Id, stop);
        // Whoever stopped it before it was the current one has changed its status before.
        await TryAsync(job.Id, () => run.RunAsync(job, stop.Token), stopping);
        // Behind this nobody cancels what is disposed.
        lock (changing) current = null;
        Wake();
    }

    // A job that fails by itself is tried again at the next start.
    async Task TryAsync(string id, Func<Task> act, CancellationToken stopping)
    {
        try
        {
            await act();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The next start goes on with it.
        }
        catch (Exception failure)
        {
            broken[id] = true;
            log.JobBroken(id, failure);
        }
    }

    bool IsWell(StoredJob job) => !broken.ContainsKey(job.Id);

    sealed record Training(string Id, CancellationTokenSource Stop);
}
