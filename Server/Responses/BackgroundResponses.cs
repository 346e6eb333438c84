// Responses that are generated whether or not their client waits. They live as long as this server; what ends with it, or fails, is kept
// as failed. It says of each again and again that it runs, and ends what nobody wants any more. Knows no HTTP.
using System.Collections.Concurrent;
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Replies;
using Majlis.Inference;
using Majlis.Server.Chat;
using Majlis.Server.Operations;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Responses;

sealed class BackgroundResponses(Generations generations, Failures failures, RunningReplies marks, TimeProvider time,
    ILogger<BackgroundResponses> logger) : BackgroundService
{
    readonly ConcurrentDictionary<string, (ResponseWriter Writer, CancellationTokenSource Cancel, Task Done)> running = new();

    // Of those that are streamed.
    readonly ResponseLogs logs = new();

    /// <summary>Keeps the response as queued, and begins to generate it; where it is streamed, gives its events.</summary>
    /// <param name="run">Freed when it ends, or fails here.</param>
    /// <exception cref="FeedbackUnavailableException">The store is away; nothing is generated.</exception>
    /// <exception cref="EngineBusyException">The events of those that run take too much memory.</exception>
    public async Task<ResponseLog?> BeginAsync(ResponseWriter writer, ChatRun run, bool isStreamed)
    {
        var log = isStreamed ? new ResponseLog() : null;
        foreach (var item in writer.Queue()) log?.Add(item);
        try
        {
            if (isStreamed) logs.CheckRoom();
            await marks.SayAsync(writer.Id);
            await writer.KeepAsync();
        }
        catch
        {
            run.Dispose();
            throw;
        }
        if (log is not null) logs.Add(writer.Id, log);
        var cancel = new CancellationTokenSource();
        var isListed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        running[writer.Id] = (writer, cancel, RunAsync(writer, run, log, isListed.Task, cancel.Token));
        isListed.SetResult();
        return log;
    }

    /// <summary>The events of a response that was streamed, as they come; null where they are not at hand (any more).</summary>
    public ResponseLog? Log(string id) => logs.Find(id);

    /// <summary>Ends a running response and waits until it is kept as cancelled; false where this server runs none of that id.</summary>
    public async Task<bool> CancelAsync(string id)
    {
        if (!running.TryGetValue(id, out var found)) return false;
        await found.Cancel.CancelAsync();
        await found.Done;
        return true;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        var left = Task.WhenAll(running.Values.Select(each => each.Done));
        await left.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RunningReplies.Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            foreach (var (id, each) in running) await LookAsync(id, each.Writer, each.Cancel);
    }

    async Task LookAsync(string id, ResponseWriter writer, CancellationTokenSource cancel)
    {
        try
        {
            if (await writer.IsWantedAsync()) await marks.SayAsync(id);
            else await cancel.CancelAsync();
        }
        catch (FeedbackUnavailableException)
        {
            // Who asks meanwhile is told so, too; what ends later than the silence is kept in the place of what was told of it.
        }
    }

    async Task RunAsync(ResponseWriter writer, ChatRun run, ResponseLog? log, Task isListed, CancellationToken cancel)
    {
        await isListed;
        try
        {
            using (run)
                await foreach (var item in writer.EventsAsync(generations.PiecesApart(run, cancel), cancel)) log?.Add(item);
        }
        catch (Exception stopped)
        {
            var error = cancel.IsCancellationRequested ? null : failures.Explain(stopped);
            await EndAsync(writer, error);
            // OpenAI has no event for a cancelled response: its stream just ends.
            if (error is not null) log?.Add(writer.Failed());
        }
        finally
        {
            running.TryRemove(writer.Id, out _);
            if (log is not null) logs.End(writer.Id);
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
            logger.ReplyLost(writer.Id, away.Message);
        }
    }
}
