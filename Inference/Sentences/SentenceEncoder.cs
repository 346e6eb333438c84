// Many clients' texts, one encoder: a single thread owns the network and repeats take, forward, give back. Texts of all clients share
// steps; a text is computed alike whatever stands beside it. Knows neither HTTP nor the backend.
using System.Collections.Immutable;
using Majlis.Model;

namespace Majlis.Inference.Sentences;

public sealed class SentenceEncoder : IAsyncDisposable
{
    /// <summary>Texts of one request between which other requests get a turn.</summary>
    const int Turn = 32;

    // Used by all threads, under the gate.
    readonly Lock gate = new();
    readonly PriorityQueue<(EncodingRequest Request, int Text), (int Priority, int Turn, long Number)> waiting = new();
    long numbers, waitingTokens;
    bool stopping;

    readonly AutoResetEvent wake = new(false);
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly SentenceModel model;
    readonly int stepTokens;
    readonly long mostWaiting;

    /// <param name="model">Disposed with the encoder.</param>
    /// <param name="stepTokens">Tokens of a step; a longer text has one of its own.</param>
    /// <param name="mostWaiting">Tokens that may wait; more are answered "busy" at once.</param>
    public SentenceEncoder(SentenceModel model, int stepTokens = 2048, long mostWaiting = 1L << 24)
    {
        (this.model, this.stepTokens, this.mostWaiting) = (model, stepTokens, mostWaiting);
        SentenceBatch.AllocateCache(model.Network, Math.Max(stepTokens, model.Config.MaxTokens));
        new Thread(Run) { IsBackground = true, Name = "majlis-encoder" }.Start();
    }

    public SentenceModel Model => model;

    /// <summary>A vector for each text, in their order; each at least one token and no longer than the model takes.</summary>
    /// <param name="texts">At least one.</param>
    /// <param name="priority">Lower goes first.</param>
    /// <param name="types">The segment of each token; null: all are of the first.</param>
    /// <param name="cancellation">What was not begun is then left out.</param>
    /// <exception cref="EngineBusyException">Too much waits already.</exception>
    /// <exception cref="EngineStoppedException">The encoder is shutting down.</exception>
    public async Task<float[][]> EncodeAsync(IReadOnlyList<int[]> texts, int priority = 0,
        IReadOnlyList<int[]>? types = null, CancellationToken cancellation = default)
    {
        var request = new EncodingRequest(texts, types, cancellation);
        lock (gate)
        {
            if (stopping) throw new EngineStoppedException();
            var tokens = texts.Sum(text => (long)text.Length);
            if (waitingTokens > 0 && waitingTokens + tokens > mostWaiting) throw new EngineBusyException(waiting.Count);
            waitingTokens += tokens;
            for (var i = 0; i < texts.Count; i++) waiting.Enqueue((request, i), (priority, i / Turn, numbers));
            numbers++;
        }
        wake.Set();
        await using var left = cancellation.UnsafeRegister(_ => request.Cancel(), null);
        return await request.Result.ConfigureAwait(false);
    }

    /// <summary>Takes no more texts and breaks off those that wait; then frees the model.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate) stopping = true;
        wake.Set();
        await ended.Task.ConfigureAwait(false);
        model.Dispose();
    }

    void Run()
    {
        while (true)
        {
            var step = Take();
            if (step.Count > 0) Compute(step);
            else if (Volatile.Read(ref stopping)) break;
            else wake.WaitOne();
        }
        ended.TrySetResult();
    }

    List<(EncodingRequest Request, int Text)> Take()
    {
        var (step, tokens) = (new List<(EncodingRequest, int)>(), 0);
        lock (gate)
            while (waiting.TryPeek(out var next, out _))
            {
                var length = next.Request.Texts[next.Text].Length;
                if (stopping) next.Request.Fail(new EngineStoppedException());
                var room = SentenceBatch.Room(length, model.Network);
                if (!next.Request.IsOver && step.Count > 0 && tokens + room > stepTokens) break;
                waiting.Dequeue();
                waitingTokens -= length;
                if (next.Request.IsOver) continue;
                step.Add(next);
                tokens += room;
            }
        return step;
    }

    void Compute(List<(EncodingRequest Request, int Text)> step)
    {
        try
        {
            var batch = SentenceBatch.Of([.. step.Select(item => (item.Request.Texts[item.Text], item.Request.Types?[item.Text]))], model);
            using var result = model.Network.Forward(batch);
            for (var i = 0; i < step.Count; i++)
            {
                var vector = model.Config.Finish(result.ReadPooled(i), batch.Spans[i].Count);
                if (!Array.TrueForAll(vector, float.IsFinite)) throw new ArithmeticException("The network's states are not finite.");
                step[i].Request.Set(step[i].Text, vector);
            }
        }
        catch (Exception broken)
        {
            var failed = new GenerationFailedException($"Computing the vectors failed: {broken.Message}", broken);
            foreach (var (request, _) in step) request.Fail(failed);
        }
    }
}
