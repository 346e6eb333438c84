// Runs batches in the background, some at a time, the oldest first; after a restart it goes on with what was not over. A batch that fails
// by itself, as on a full disk, is tried again a minute later, or at once when it is cancelled.
using System.Collections.Concurrent;
using Majlis.Server.Operations;

namespace Majlis.Server.Batches;

sealed class BatchRunner(BatchStore store, BatchRun run, IHostApplicationLifetime life, TimeProvider time, ILogger<BatchRunner> log)
    : BackgroundService
{
    const int AtATime = 4;

    static readonly TimeSpan pause = TimeSpan.FromMinutes(1);

    readonly SemaphoreSlim wake = new(0);
    readonly ConcurrentDictionary<string, CancellationTokenSource> running = new();

    // What broke and waits for its next try.
    readonly ConcurrentDictionary<string, CancellationTokenSource> paused = new();

    // Told once, not at every try.
    readonly ConcurrentDictionary<string, string> told = new();

    /// <summary>There is a new batch, or room for one.</summary>
    public void Wake() => wake.Release();

    /// <summary>Ends a batch where it is; one that waits is begun, so that it ends at once.</summary>
    public void Cancel(string id)
    {
        if (running.TryGetValue(id, out var source) || paused.TryGetValue(id, out source)) source.Cancel();
        Wake();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The endpoints that lines are sent to are there once the server listens.
        await Started(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var batch in store.Open().Where(batch => !paused.ContainsKey(batch.Id) && !running.ContainsKey(batch.Id)))
                // What is cancelled only ends.
                if (running.Count < AtATime || batch.Status == StoredBatch.Cancelling) _ = RunAsync(batch, stoppingToken);
            await wake.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task Started(CancellationToken stop)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listens = life.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    async Task RunAsync(StoredBatch batch, CancellationToken stopping)
    {
        var cancelled = new CancellationTokenSource();
        running[batch.Id] = cancelled;
        try
        {
            await run.RunAsync(batch, cancelled.Token, stopping);
            told.TryRemove(batch.Id, out _);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The next start goes on with it.
        }
        catch (Exception broken)
        {
            if (!told.TryGetValue(batch.Id, out var before) || before != broken.Message) log.BatchBroken(batch.Id, broken);
            told[batch.Id] = broken.Message;
            _ = PauseAsync(batch.Id, stopping);
        }
        finally
        {
            running.TryRemove(batch.Id, out _);
            Wake();
        }
    }

    async Task PauseAsync(string id, CancellationToken stopping)
    {
        var cancelled = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        paused[id] = cancelled;
        await Task.Delay(pause, time, cancelled.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        paused.TryRemove(id, out _);
        Wake();
    }
}
