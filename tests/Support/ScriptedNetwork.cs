// A network without weights: its logits are a function of the tokens in its own cache blocks, so a wrong block table, or a
// block shared wrongly or overwritten too early, gives another text. It computes spans one after another, last first: nothing
// may rely on results of the same step.
using Majlis.Inference;
using Majlis.Model;
using Majlis.Model.Adapters;

namespace Majlis.tests.Support;

public sealed class ScriptedNetwork(Blueprint blueprint, int blockSize = 4, ulong script = 1) : INetwork
{
    readonly Sampler sampler = new(blueprint.VocabularySize);
    // [group][block, offset]: the token and the adapter that it was computed with; 0 if nothing was written.
    int[][,] cache = [];
    int adapters;

    public Blueprint Blueprint => blueprint;

    public int BlockSize => blockSize;

    public bool IsDisposed { get; private set; }

    public int Forwards { get; private set; }

    public int LargestBatch { get; private set; }

    public long ComputedTokens { get; private set; }

    /// <summary>Runs before each pass, on the engine's thread: may wait or throw.</summary>
    public Action<ForwardBatch>? Before { get; set; }

    /// <summary>May change a row of logits.</summary>
    public Action<float[]>? Spoil { get; set; }

    /// <summary>Runs before a row's token is drawn, and before a row's logits are read: each may throw.</summary>
    public Action<SamplingPlan>? BeforeDraw { get; set; }

    public Action? BeforeRead { get; set; }

    public long BytesPerBlock(int group) => blockSize;

    public void AllocateCache(ReadOnlySpan<int> blocksPerGroup)
    {
        cache = new int[blocksPerGroup.Length][,];
        for (var g = 0; g < cache.Length; g++) cache[g] = new int[blocksPerGroup[g], blockSize];
    }

    public List<int> RemovedAdapters { get; } = [];

    public int AddAdapter(LowRankAdapter adapter) => adapters++;

    public void RemoveAdapter(int index) => RemovedAdapters.Add(index);

    public ForwardResult Forward(ForwardBatch batch)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        Before?.Invoke(batch);
        Forwards++;
        LargestBatch = Math.Max(LargestBatch, batch.Spans.Length);
        ComputedTokens += batch.Tokens.Length;
        var rows = new SortedDictionary<int, float[]>();
        foreach (var span in batch.Spans.Reverse()) Compute(batch, span, rows);
        return new Result(this, [.. rows.Values]);
    }

    /// <summary>The same function of a whole text: the expected result of any batching.</summary>
    public float[] Logits(ReadOnlySpan<int> tokens, int adapter = -1)
    {
        var state = script;
        foreach (var group in blueprint.CacheGroups)
        {
            state = SeededRandom.Mix(state, 17);
            for (var p = First(group, tokens.Length - 1); p < tokens.Length; p++)
                state = SeededRandom.Mix(state, (ulong)Cached(tokens[p], adapter));
        }
        return Spread(state);
    }

    public void Dispose() => IsDisposed = true;

    void Compute(ForwardBatch batch, SequenceSpan span, SortedDictionary<int, float[]> rows)
    {
        for (var i = span.Start; i < span.Start + span.Count; i++)
        {
            var position = batch.Positions[i];
            if (position != span.Cached + i - span.Start)
                throw new InvalidOperationException($"Position {position} is not where the cache ends.");
            for (var g = 0; g < cache.Length; g++)
                cache[g][span.BlockTables[g][position / blockSize], position % blockSize] = Cached(batch.Tokens[i], span.Adapter);
        }
        foreach (var i in Wanted(batch, span)) rows[i] = Spread(Read(span, batch.Positions[i]));
    }

    int Cached(int token, int adapter) => token + 1 + (adapter + 1) * blueprint.VocabularySize;

    ulong Read(SequenceSpan span, int position)
    {
        var state = script;
        for (var g = 0; g < cache.Length; g++)
        {
            state = SeededRandom.Mix(state, 17);
            for (var p = First(blueprint.CacheGroups[g], position); p <= position; p++)
                state = SeededRandom.Mix(state, (ulong)cache[g][span.BlockTables[g][p / blockSize], p % blockSize]);
        }
        return state;
    }

    float[] Spread(ulong state)
    {
        var logits = new float[blueprint.VocabularySize];
        for (var id = 0; id < logits.Length; id++) logits[id] = (float)SeededRandom.Uniform(state, id) * 8;
        Spoil?.Invoke(logits);
        return logits;
    }

    static int First(CacheGroup group, int position) => group.Window is { } window ? Math.Max(0, position - window + 1) : 0;

    static IEnumerable<int> Wanted(ForwardBatch batch, SequenceSpan span) => batch.Rows switch
    {
        LogitRows.NoRows => [],
        LogitRows.LastRows => [span.Start + span.Count - 1],
        LogitRows.AllRows => Enumerable.Range(span.Start, span.Count),
        LogitRows.ListedRows listed => listed.TokenIndices.Where(i => i >= span.Start && i < span.Start + span.Count),
        _ => throw new ArgumentOutOfRangeException(nameof(batch)),
    };

    sealed class Result(ScriptedNetwork network, float[][] rows) : ForwardResult
    {
        public override int RowCount => rows.Length;

        public override void ReadLogits(int row, Span<float> logits)
        {
            network.BeforeRead?.Invoke();
            rows[row].CopyTo(logits);
        }

        public override void Sample(ReadOnlySpan<SamplingPlan> plans, Span<SampledToken> tokens)
        {
            for (var i = 0; i < plans.Length; i++)
            {
                network.BeforeDraw?.Invoke(plans[i]);
                var logSumExp = LogProbs.LogSumExp(rows[plans[i].Row]);
                tokens[i] = double.IsFinite(logSumExp) ? network.sampler.Sample(rows[plans[i].Row], plans[i]) : new(0, float.NaN);
            }
        }

        public override float[] ReadPooled(int sequence) => throw new NotSupportedException("The script pools nothing.");

        protected override void Dispose(bool disposing) { }
    }
}
