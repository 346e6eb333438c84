// Many requests, one model: a single thread owns the scheduler, the cache and the network, and repeats schedule, forward, sample. Requests
// come in through a queue; each answer goes out through a channel. Knows neither HTTP nor the backend.
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Majlis.Model;

namespace Majlis.Inference;

public sealed class Engine : IAsyncDisposable
{
    static readonly TimeSpan longestEnd = TimeSpan.FromSeconds(5);

    // Used by all threads.
    readonly EngineOptions options;
    readonly TimeProvider time;
    readonly Admission admission;
    readonly ConcurrentQueue<Generation> submitted = new();
    readonly ConcurrentQueue<Generation> cancelled = new();
    readonly AutoResetEvent wake = new(false);
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long numbers;
    volatile bool stopping;
    volatile EngineProgress progress;

    // Used by the engine's thread alone.
    readonly List<ModelBatcher> batchers = [];
    readonly List<Generation> leaving = [];
    readonly LiveModel live;
    readonly RoundPace pace;
    readonly EngineTally tally = new();

    /// <exception cref="ArgumentException">An option is invalid; the message names it.</exception>
    public Engine(LiveModel live, EngineOptions options, TimeProvider time)
    {
        if (options.Problem() is { } problem) throw new ArgumentException(problem, nameof(options));
        (this.live, this.options, this.time, pace) = (live, options, time, new(options.LongestPause));
        admission = new(options.MaxSequences + options.QueueLimit);
        progress = tally.Progress(time.GetTimestamp(), batchers);
        new Thread(Run) { IsBackground = true, Name = "majlis-engine" }.Start();
    }

    public EngineOptions Options => options;
    public EngineProgress Progress => progress;

    /// <summary>
    /// Queues a request at once and streams its answer. The engine holds a lease of its own, so the caller may dispose <paramref
    /// name="lease"/> at any time. Cancelling, or leaving the enumeration, frees the sequence within one step. The weights are free after
    /// its last token, however much is still unread. A full buffer stalls the sequence and then ends it: <see
    /// cref="EngineOptions.ReplyBuffer"/>, <see cref="EngineOptions.ReaderPatience"/>.
    /// </summary>
    /// <exception cref="EngineBusyException">The queue is full.</exception>
    /// <exception cref="EngineStoppedException">The engine is shutting down.</exception>
    /// <exception cref="PromptTooLongException">No token would fit after the prompt.</exception>
    /// <exception cref="RequestRefusedException">A field is outside its range.</exception>
    public IAsyncEnumerable<GeneratedPiece> GenerateAsync(
        ModelLease lease, GenerationRequest request, CancellationToken cancellation = default)
    {
        var generation = Submit(lease, request);
        // Cancellation must work before the enumeration has started, too.
        var registration = cancellation.UnsafeRegister(_ => Cancel(generation), null);
        return Read(generation, registration, cancellation);
    }

    /// <summary>Accepts no more requests and breaks off the accepted ones; ends when the last of them has left.</summary>
    public Task StopAsync()
    {
        stopping = true;
        wake.Set();
        return ended.Task;
    }

    /// <summary>
    /// Stops. A hanging forward pass is not awaited: its thread ends with the process, and its requests' leases keep the network in memory.
    /// The wake-up signal is left to its finalizer, because a late caller may still use it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync().WaitAsync(longestEnd, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The health check has reported it, and nothing can be done about it from outside.
        }
    }

    bool NeedsFixedShapes(INetwork network, GenerationRequest request) =>
        !request.Pools && !network.IsBatchInvariant && (request.Deterministic ?? options.Deterministic);

    Generation Submit(ModelLease lease, GenerationRequest request)
    {
        var vocabulary = lease.Model.Network.Blueprint.VocabularySize;
        if (request.Problem(vocabulary) is { } problem) throw new RequestRefusedException(problem);
        request = request with { Sampling = UnknownTokens.Drop(request.Sampling, vocabulary) };
        request = request with { Deterministic = NeedsFixedShapes(lease.Model.Network, request) };
        if (request.PromptTokens.Length >= lease.Model.MaxContext)
            throw new PromptTooLongException(request.PromptTokens.Length, lease.Model.MaxContext);
        var generation = Generation.Begin(Interlocked.Increment(ref numbers), lease, request, options, time.GetTimestamp());
        // Count before checking for the stop: the loop ends only when it sees the stop and a count of zero.
        var fits = admission.TryEnter(request.Client);
        if (fits && !stopping)
        {
            submitted.Enqueue(generation);
            wake.Set();
            return generation;
        }
        if (fits) admission.Leave(request.Client);
        wake.Set();
        generation.End();
        throw stopping ? new EngineStoppedException() : new EngineBusyException(admission.Limit);
    }

    async IAsyncEnumerable<GeneratedPiece> Read(
        Generation generation, CancellationTokenRegistration registration, [EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            await foreach (var piece in generation.Pieces.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                if (generation.Taken()) wake.Set();
                yield return piece;
            }
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
            Cancel(generation);
        }
    }

    void Cancel(Generation generation)
    {
        if (generation.HasEnded) return;
        cancelled.Enqueue(generation);
        wake.Set();
    }

    /// <summary>The loop. <see cref="Step"/> catches everything that a request can make fail.</summary>
    void Run()
    {
        while (true)
        {
            TakeIn();
            Report();
            // Checked after cancelled requests have left: nothing else would wake the thread.
            if (stopping && admission.IsEmpty) break;
            if (batchers.TrueForAll(batcher => batcher.IsIdle)) wake.WaitOne();
            else Round();
        }
        // Nothing runs or waits here, every lease is returned, and Submit accepts nothing.
        ended.TrySetResult();
    }

    /// <summary>
    /// One step of every batcher. A running answer waits for all of them, so that together they read what one alone would.
    /// </summary>
    void Round()
    {
        List<ModelBatcher> round = batchers.FindAll(batcher => !batcher.IsIdle);
        pace.Begin(round.ConvertAll(batcher => (batcher.Pace, batcher.Writing)));
        foreach (var batcher in round)
        {
            Step(batcher, pace.Allowed(batcher.Pace));
            pace.Reads(batcher.Pace, batcher.PromptCost);
        }
    }

    void Step(ModelBatcher batcher, double promptCost)
    {
        var (start, writing) = (time.GetTimestamp(), batcher.Writing);
        try
        {
            if (!batcher.Schedule(promptCost)) return;
            using (var result = batcher.Forward()) batcher.Sample(result);
            // Not of a failed step: its duration tells nothing.
            batcher.Pace.Took(time.GetElapsedTime(start), batcher.PromptCost, writing);
        }
        catch (Exception broken)
        {
            batcher.Fail(broken);
        }
        tally.Steps++;
        Report();
    }

    void TakeIn()
    {
        // Empty the cancelled queue first: everything in it was submitted before, so that its batcher is known below. In the other order a
        // request submitted and cancelled in between would be missed and run to its end.
        while (cancelled.TryDequeue(out var generation)) leaving.Add(generation);
        while (submitted.TryDequeue(out var generation)) Begin(generation);
        foreach (var generation in leaving)
            foreach (var batcher in batchers) batcher.Remove(generation, new OperationCanceledException());
        leaving.Clear();
        if (stopping)
            foreach (var batcher in batchers) batcher.RemoveAll(new EngineStoppedException());
        foreach (var batcher in batchers) batcher.LookAfterReaders();
        // A batcher of replaced weights ends with its last sequence; the current one stays for its prefix cache.
        for (var i = batchers.Count - 1; i >= 0; i--)
            if (batchers[i].IsEmpty && batchers[i].Model != live.Current)
            {
                tally.Keep(batchers[i]);
                batchers.RemoveAt(i);
            }
    }

    // A request that cannot start fails alone.
    void Begin(Generation generation)
    {
        try
        {
            BatcherOf(generation.Model).Add(generation);
        }
        catch (Exception broken)
        {
            Left(generation);
            generation.End(new GenerationFailedException($"The answer could not be begun: {broken.Message}", broken));
        }
    }

    ModelBatcher BatcherOf(LoadedModel model)
    {
        foreach (var batcher in batchers) if (batcher.Model == model) return batcher;
        batchers.Add(new(model, options, new(time, options.ReaderPatience, () => wake.Set()), time, Left));
        return batchers[^1];
    }

    // Runs before the request learns of its end: whoever checks the engine after an answer finds the sequence gone.
    void Left(Generation generation)
    {
        admission.Leave(generation.Request.Client);
        Report();
    }

    void Report() => progress = tally.Progress(time.GetTimestamp(), batchers);
}
