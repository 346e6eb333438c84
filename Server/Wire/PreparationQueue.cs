// Parses bodies and builds prompts: small ones at once, large ones in a queue on a few threads of low priority, so that neither the engine
// nor a small request waits for them. Knows no request.
using System.Collections.Concurrent;
using Majlis.Inference;
using Majlis.Model;

namespace Majlis.Server.Wire;

sealed class PreparationQueue : IDisposable
{
    /// <summary>Bytes up to which a body is handled at once.</summary>
    public const int Small = 64 << 10;

    const int MostWaiting = 64;

    readonly BlockingCollection<Action> waiting = new(MostWaiting);

    public PreparationQueue()
    {
        for (var threads = Math.Max(1, Environment.ProcessorCount / 4); threads > 0; threads--)
            LowPriorityThread.Start("preparation", Work);
    }

    /// <summary>The result of <paramref name="work"/> on a body of this size; not started where the client has gone meanwhile.</summary>
    /// <exception cref="EngineBusyException">Too many large bodies are waiting.</exception>
    public async Task<T> RunAsync<T>(long bytes, Func<T> work, CancellationToken gone)
    {
        if (bytes <= Small) return work();
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!waiting.TryAdd(() => Complete(result, work, gone))) throw new EngineBusyException(MostWaiting);
        return await result.Task;
    }

    static void Complete<T>(TaskCompletionSource<T> result, Func<T> work, CancellationToken gone)
    {
        try
        {
            gone.ThrowIfCancellationRequested();
            var found = work();
            OrdinaryPriority.Run(() => result.SetResult(found));
        }
        catch (OperationCanceledException)
        {
            OrdinaryPriority.Run(() => result.SetCanceled(gone));
        }
        catch (Exception failure)
        {
            OrdinaryPriority.Run(() => result.SetException(failure));
        }
    }

    void Work()
    {
        foreach (var next in waiting.GetConsumingEnumerable()) next();
    }

    // The threads end when the queue is empty; a request that was not reached ends with its connection.
    public void Dispose() => waiting.CompleteAdding();
}
