// A network that recites fixed texts. Its cache holds the tokens themselves, so it sees exactly what block tables let it see. After the
// last turn marker it continues the first text that matches the output so far, or another one by chance.
using System.Collections.Immutable;
using System.Text;
using Majlis.Model;

namespace Majlis.tests.Server;

/// <param name="texts">The possible answers; at the start all match, and earlier ones are slightly more likely.</param>
sealed class RecitingNetwork(params string[] texts) : INetwork
{
    public const int ImStart = 256;
    public const int ImEnd = 257;
    public const int Vocabulary = 258;

    readonly byte[][] scripts = [.. texts.Select(Encoding.UTF8.GetBytes)];
    static readonly int[] toolTurn = [ImStart, .. "tool\n"u8.ToArray().Select(value => (int)value)];
    int[] cache = [];

    /// <summary>Called before each step; tests block a stream here.</summary>
    public Action BeforeStep { get; init; } = () => { };

    /// <summary>The only answer once the prompt holds a turn of role tool; null: it makes no difference.</summary>
    public string? OnceToolsAnswered { get; init; }

    public bool Disposed { get; private set; }

    public int Steps { get; private set; }

    public int Positions { get; init; } = 2048;

    public int BlockSize => 16;

    public Blueprint Blueprint => field ??= new()
    {
        Family = "reciting",
        VocabularySize = Vocabulary,
        HiddenSize = 1,
        MaxPositions = Positions,
        Embedding = "embedding",
        Layers =
        [
            new LayerBlueprint
            {
                Attention = new AttentionBlueprint
                {
                    Heads = 1, KeyValueHeads = 1, HeadDim = 1, Scale = 1,
                    Query = One("q"), Key = One("k"), Value = One("v"), Output = One("o"),
                },
                Mlp = new MlpBlueprint(null, One("up"), One("down"), Activation.Relu),
            },
        ],
    };

    public long BytesPerBlock(int group) => BlockSize * sizeof(int);

    public void AllocateCache(ReadOnlySpan<int> blocksPerGroup) => cache = new int[blocksPerGroup[0] * BlockSize];

    public ForwardResult Forward(ForwardBatch batch)
    {
        ObjectDisposedException.ThrowIf(Disposed, this);
        Steps++;
        BeforeStep();
        var rows = new List<float[]>();
        foreach (var span in batch.Spans)
        {
            var table = span.BlockTables[0];
            for (var i = 0; i < span.Count; i++) cache[Slot(table, span.Cached + i)] = batch.Tokens[span.Start + i];
            rows.AddRange(Wanted(batch.Rows, span).Select(last =>
                Logits([.. Enumerable.Range(0, last + 1).Select(position => cache[Slot(table, position)])])));
        }
        return new Rows(rows);
    }

    public void Dispose() => Disposed = true;

    int Slot(ImmutableArray<int> table, int position) => table[position / BlockSize] * BlockSize + position % BlockSize;

    static IEnumerable<int> Wanted(LogitRows rows, SequenceSpan span) => rows switch
    {
        LogitRows.LastRows => [span.Cached + span.Count - 1],
        LogitRows.AllRows => Enumerable.Range(span.Cached, span.Count),
        LogitRows.ListedRows listed => listed.TokenIndices.Where(index => index >= span.Start && index < span.Start + span.Count)
            .Select(index => index - span.Start + span.Cached),
        _ => [],
    };

    float[] Logits(int[] history)
    {
        var logits = new float[Vocabulary];
        var turn = Array.LastIndexOf(history, ImStart);
        var said = history[(Array.IndexOf(history, '\n', Math.Max(turn, 0)) + 1)..];
        var answered = history.AsSpan().IndexOf(toolTurn) >= 0 ? OnceToolsAnswered : null;
        byte[][] scripts = answered is null ? this.scripts : [Encoding.UTF8.GetBytes(answered)];
        for (var i = 0; i < scripts.Length; i++)
        {
            if (said.Length > scripts[i].Length || !said.Select((token, at) => token == scripts[i][at]).All(same => same)) continue;
            var next = said.Length == scripts[i].Length ? ImEnd : scripts[i][said.Length];
            logits[next] = Math.Max(logits[next], 20 - 0.25f * i);
        }
        if (logits.All(logit => logit == 0)) logits[ImEnd] = 20;
        return logits;
    }

    static Projection One(string module) => new(module, 1, 1);

    sealed class Rows(List<float[]> rows) : ForwardResult
    {
        public override int RowCount => rows.Count;

        public override void ReadLogits(int row, Span<float> logits) => rows[row].CopyTo(logits);

        // The texts' tokens are far more likely than all others, so drawing among the best is enough.
        public override void Sample(ReadOnlySpan<SamplingPlan> plans, Span<SampledToken> tokens)
        {
            for (var i = 0; i < plans.Length; i++) tokens[i] = Draw(rows[plans[i].Row], plans[i]);
        }

        // All texts are alike to it.
        public override float[] ReadPooled(int sequence) => [1];

        protected override void Dispose(bool disposing) { }

        static SampledToken Draw(float[] logits, SamplingPlan plan)
        {
            var total = Math.Log(logits.Sum(logit => Math.Exp(logit)));
            var allowed = Allowed(logits, plan);
            var id = plan.Temperature == 0 ? Array.IndexOf(allowed, allowed.Max()) : Chance(allowed, plan);
            return new SampledToken(id, (float)(logits[id] - total));
        }

        static float[] Allowed(float[] logits, SamplingPlan plan) => plan.Allowed.IsEmpty ? logits
            : [.. logits.Select((logit, id) => (plan.Allowed.Span[id >> 6] >> id & 1) != 0 ? logit : float.NegativeInfinity)];

        static int Chance(float[] logits, SamplingPlan plan)
        {
            var left = plan.Uniform * logits.Sum(logit => Math.Exp(logit / plan.Temperature));
            for (var id = 0; id < logits.Length; id++)
                if ((left -= Math.Exp(logits[id] / plan.Temperature)) < 0) return id;
            return logits.Length - 1;
        }
    }
}
