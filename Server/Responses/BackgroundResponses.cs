// Responses that are generated after their client was answered. They live as long as this server; what ends with it, or fails, is kept as
// failed. Knows no HTTP.
using System.Collections.Concurrent;
using Majlis.Feedback.Store;
using Majlis.Server.Chat;
using Majlis.Server.Operations;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Responses;

sealed class BackgroundResponses(Generations generations, Failures failures, ILogger<BackgroundResponses> log) : IHostedService
{
    readonly ConcurrentDictionary<string, (CancellationTokenSource Cancel, Task Done)> running = new();

    /// <summary>Keeps the response as queued, and begins to generate it.</summary>
    /// <exception cref="FeedbackUnavailableException">The store is away; nothing is generated.</exception>
    public async Task BeginAsync(ResponseWriter writer, ChatRun run)
    {
        writer.Stand("queued");
        await writer.KeepAsync();
        var cancel = new CancellationTokenSource();
        var isListed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        running[writer.Id] = (cancel, RunAsync(writer, run, isListed.Task, cancel.Token));
        isListed.SetResult();
    }

    /// <summary>Ends a running response and waits until it is kept as cancelled; false where this server runs none of that id.</summary>
    public async Task<bool> CancelAsync(string id)
    {
        if (!running.TryGetValue(id, out var found)) return false;
        await found.Cancel.CancelAsync();
        await found.Done;
        return true;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var left = Task.WhenAll(running.Values.Select(each => each.Done));
        await left.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    async Task RunAsync(ResponseWriter writer, ChatRun run, Task isListed, CancellationToken cancel)
    {
        await isListed;
        try
        {
            using (run)
                await foreach (var _ in writer.EventsAsync(generations.PiecesApart(run, cancel), cancel)) { }
        }
        catch (Exception ended)
        {
            await EndAsync(writer, cancel.IsCancellationRequested ? null : failures.Explain(ended));
        }
        finally
        {
            running.TryRemove(writer.Id, out _);
        }
    }

    async Task EndAsync(ResponseWriter writer, ApiError? error)
    {
        writer.Stand(error is null ? "cancelled" : "failed", error);
        try
        {
            await writer.KeepAsync();
        }
        catch (FeedbackUnavailableException away)
        {
            log.ReplyLost(writer.Id, away.Message);
        }
    }
}
