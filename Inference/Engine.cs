// Many requests, one model: a single thread owns the scheduler, the cache and the network, and repeats three verbs. Requests come
// in through a queue and go out through a channel each. Knows neither HTTP nor which backend computes.
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Majlis.Inference;

/// <summary>How far the engine is, for health checks and metrics. <see cref="LastStep"/> is a timestamp of its TimeProvider.</summary>
/// <param name="LastStep">When it last moved: began or ended a step, or woke up to work.</param>
/// <param name="CacheUsage">Share of the fullest cache group that is in use.</param>
public sealed record EngineProgress(long Steps, long LastStep, int Running, int Waiting, long Preemptions, double CacheUsage)
{
    /// <summary>True when there is work and nothing has moved for longer than <paramref name="limit"/>: a forward pass hangs.</summary>
    public bool IsStuck(TimeProvider time, TimeSpan limit) => Running + Waiting > 0 && time.GetElapsedTime(LastStep) > limit;
}

public sealed class Engine : IAsyncDisposable
{
    static readonly TimeSpan longestEnd = TimeSpan.FromSeconds(5);

    // Used by all threads.
    readonly EngineOptions options;
    readonly TimeProvider time;
    readonly ConcurrentQueue<Generation> submitted = new();
    readonly ConcurrentQueue<Generation> cancelled = new();
    readonly AutoResetEvent wake = new(false);
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long numbers;
    int inFlight;
    volatile bool draining, aborting;
    volatile EngineProgress progress;

    // Used by the engine's thread alone.
    readonly List<ModelBatcher> batchers = [];
    readonly List<Generation> leaving = [];
    readonly LiveModel live;
    long steps;

    /// <exception cref="ArgumentException">An option makes no sense; the message says which.</exception>
    public Engine(LiveModel live, EngineOptions options, TimeProvider time)
    {
        if (options.Problem() is { } problem) throw new ArgumentException(problem, nameof(options));
        (this.live, this.options, this.time) = (live, options, time);
        progress = new(0, time.GetTimestamp(), 0, 0, 0, 0);
        new Thread(Run) { IsBackground = true, Name = "majlis-engine" }.Start();
    }

    public EngineOptions Options => options;

    public EngineProgress Progress => progress;

    /// <summary>
    /// Queues a request at once and streams what it generates. The engine holds a lease of its own, so the caller may dispose
    /// <paramref name="lease"/> any time. Cancelling, or leaving the enumeration, frees the sequence within one step; with its last token
    /// the weights are free, however much is still to be read. What is not read stalls its sequence and then ends it:
    /// <see cref="EngineOptions.ReplyBuffer"/>, <see cref="EngineOptions.ReaderPatience"/>.
    /// </summary>
    /// <exception cref="EngineBusyException">The queue is full.</exception>
    /// <exception cref="EngineStoppedException">The engine is shutting down.</exception>
    /// <exception cref="PromptTooLongException">No token would fit after the prompt.</exception>
    /// <exception cref="RequestRefusedException">A field is outside its range.</exception>
    public IAsyncEnumerable<GeneratedPiece> GenerateAsync(
        ModelLease lease, GenerationRequest request, CancellationToken cancellation = default)
    {
        var generation = Submit(lease, request);
        // Whether or not anybody has begun to read.
        var registration = cancellation.UnsafeRegister(_ => Cancel(generation), null);
        return Read(generation, registration, cancellation);
    }

    /// <summary>Takes no more requests and waits for those there are; when <paramref name="window"/> ends, they are broken off.</summary>
    public async Task DrainAsync(CancellationToken window = default)
    {
        draining = true;
        wake.Set();
        await using var registration = window.UnsafeRegister(_ => { aborting = true; wake.Set(); }, null).ConfigureAwait(false);
        await ended.Task.ConfigureAwait(false);
    }

    /// <summary>
    /// Breaks off what is running. A pass that hangs is not waited for: its thread ends with the process, and its requests' leases keep the
    /// network that it computes with. The wake-up signal is left to its finalizer: a late caller may still touch it.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await DrainAsync(new CancellationToken(canceled: true)).WaitAsync(longestEnd, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The health check has said so, and there is nothing to be done about it from outside.
        }
    }

    Generation Submit(ModelLease lease, GenerationRequest request)
    {
        var vocabulary = lease.Model.Network.Blueprint.VocabularySize;
        if (request.Problem(vocabulary) is { } problem) throw new RequestRefusedException(problem);
        request = request with { Sampling = UnknownTokens.Drop(request.Sampling, vocabulary) };
        request = request with { Deterministic = request.Deterministic ?? options.Deterministic };
        if (request.PromptTokens.Length >= lease.Model.MaxContext)
            throw new PromptTooLongException(request.PromptTokens.Length, lease.Model.MaxContext);
        var generation = Generation.Begin(Interlocked.Increment(ref numbers), lease, request, options);
        // Counted before the look at draining: the loop ends only when it sees both draining and nobody counted.
        var limit = options.MaxSequences + options.QueueLimit;
        var fits = Interlocked.Increment(ref inFlight) <= limit;
        if (fits && !draining)
        {
            submitted.Enqueue(generation);
            wake.Set();
            return generation;
        }
        Interlocked.Decrement(ref inFlight);
        wake.Set();
        generation.End();
        throw draining ? new EngineStoppedException() : new EngineBusyException(limit);
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

    /// <summary>The loop. Everything that can fail by a request's fault is caught inside <see cref="Step"/>.</summary>
    void Run()
    {
        while (true)
        {
            TakeIn();
            Report();
            // After those have left that were cancelled, or nobody would wake the thread to see it.
            if (draining && Volatile.Read(ref inFlight) == 0) break;
            if (batchers.TrueForAll(batcher => batcher.IsIdle)) wake.WaitOne();
            else foreach (var batcher in batchers) Step(batcher);
        }
        // Here nothing is running, nothing waits, every lease is given back, and Submit lets nothing in.
        ended.TrySetResult();
    }

    void Step(ModelBatcher batcher)
    {
        try
        {
            if (!batcher.Schedule()) return;
            var start = time.GetTimestamp();
            using var result = batcher.Forward();
            batcher.Sample(result);
            batcher.Took(time.GetElapsedTime(start));
        }
        catch (Exception broken)
        {
            batcher.Fail(broken);
        }
        steps++;
        Report();
    }

    void TakeIn()
    {
        // Cancelled ones leave their queue first: whoever stands in it was submitted before, so that its batcher is known below. The other way
        // round, one that is submitted and cancelled between the two would be forgotten and run to its end.
        while (cancelled.TryDequeue(out var generation)) leaving.Add(generation);
        while (submitted.TryDequeue(out var generation)) Begin(generation);
        foreach (var generation in leaving)
            foreach (var batcher in batchers) batcher.Remove(generation, new OperationCanceledException());
        leaving.Clear();
        if (aborting)
            foreach (var batcher in batchers) batcher.RemoveAll(new EngineStoppedException());
        foreach (var batcher in batchers) batcher.LookAfterReaders();
        // A batcher whose snapshot was replaced ends with its last sequence; the current one stays for its prefix cache.
        for (var i = batchers.Count - 1; i >= 0; i--)
            if (batchers[i].IsEmpty && batchers[i].Model != live.Current) batchers.RemoveAt(i);
    }

    // What cannot be begun ends alone.
    void Begin(Generation generation)
    {
        try
        {
            BatcherOf(generation.Model).Add(generation);
        }
        catch (Exception broken)
        {
            Left();
            generation.End(new GenerationFailedException($"The answer could not be begun: {broken.Message}", broken));
        }
    }

    ModelBatcher BatcherOf(LoadedModel model)
    {
        foreach (var batcher in batchers) if (batcher.Model == model) return batcher;
        batchers.Add(new(model, options, new(time, options.ReaderPatience, () => wake.Set()), Left));
        return batchers[^1];
    }

    // Comes before the request itself hears that it has ended, so that who looks after an answer finds its sequence gone.
    void Left()
    {
        Interlocked.Decrement(ref inFlight);
        Report();
    }

    void Report()
    {
        var (running, waiting, preemptions, usage) = (0, 0, 0L, 0.0);
        foreach (var batcher in batchers)
        {
            running += batcher.Running;
            waiting += batcher.Waiting;
            preemptions += batcher.Preemptions;
            foreach (var pool in batcher.Pools) usage = Math.Max(usage, 1 - (double)pool.Free / pool.Count);
        }
        progress = new(steps, time.GetTimestamp(), running, waiting, preemptions, usage);
    }
}
