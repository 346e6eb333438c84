// The results of a step. Logits are computed from the final states when they are read, some rows at a time: all logits of a long prompt are
// never in memory at once. Valid until the network's next step or disposal.
using Majlis.Cpu.Kernels;
using Majlis.Cpu.Sampling;
using Majlis.Cpu.Steps;
using Majlis.Cpu.Threads;
using Majlis.Cpu.Weights;
using Majlis.Model;

namespace Majlis.Cpu;

sealed unsafe class CpuForwardResult : ForwardResult
{
    const int BlockRows = 64;

    readonly Blueprint blueprint;
    readonly NetworkWeights weights;
    readonly Team team;
    readonly RowSampler[] samplers;
    readonly HeadRows rows;
    readonly Pooling pooling;
    readonly float[][]? pooled;
    readonly int kept;
    readonly int step;
    int blockStart = -1;

    /// <param name="samplers">One for each member of the team.</param>
    public CpuForwardResult(Blueprint blueprint, NetworkWeights weights, Team team, FloatRows stream, HeadRows rows,
        RowSampler[] samplers, ForwardBatch batch)
    {
        (this.blueprint, this.weights, this.team) = (blueprint, weights, team);
        (this.rows, this.samplers, pooling, step) = (rows, samplers, batch.Pooling, rows.Begin());
        if (pooling is not (Pooling.None or Pooling.Score))
            pooled = PooledRows.Of(batch, stream, weights.FinalNorm, blueprint.HiddenSize);
        var wanted = pooling == Pooling.Score ? [.. batch.Spans.Select(span => ScoreRow(batch, span))] : BatchRules.Rows(batch);
        kept = wanted.Length;
        rows.States.Shape(wanted.Length, blueprint.HiddenSize);
        for (var i = 0; i < wanted.Length; i++)
        {
            float* from = stream.Row(wanted[i]), to = rows.States.Row(i);
            new Span<float>(from, blueprint.HiddenSize).CopyTo(new Span<float>(to, blueprint.HiddenSize));
            weights.FinalNorm?.Apply(to, to, blueprint.HiddenSize);
        }
        if (pooling == Pooling.Score && weights.Pooler is { } pooler) Pool(pooler);
    }

    public override int RowCount => pooling == Pooling.Score ? 0 : kept;

    public override void ReadLogits(int row, Span<float> logits)
    {
        if (logits.Length != blueprint.VocabularySize)
            throw new ArgumentException($"A row has {blueprint.VocabularySize} logits, not {logits.Length}.", nameof(logits));
        new ReadOnlySpan<float>(Row(row), logits.Length).CopyTo(logits);
    }

    public override void Sample(ReadOnlySpan<SamplingPlan> plans, Span<SampledToken> tokens)
    {
        if (tokens.Length < plans.Length) throw new ArgumentException("There are fewer places for tokens than plans.", nameof(tokens));
        for (int first = 0, end; first < plans.Length; first = end)
        {
            Row(plans[first].Row);
            for (end = first + 1; end < plans.Length && IsAtHand(plans[end].Row); end++) Row(plans[end].Row);
            Draw(plans[first..end].ToArray(), tokens[first..end]);
        }
    }

    public override float[] ReadPooled(int sequence) => pooled is not null ? pooled[sequence]
        : pooling == Pooling.Score ? [Row(sequence)[0]] : throw new InvalidOperationException("The step was not asked to pool.");

    protected override void Dispose(bool disposing)
    {
        // The memory is the network's.
    }

    // A score is the only logit of its sequence's last real token, or, behind a pooler, of its first.
    int ScoreRow(ForwardBatch batch, SequenceSpan span) =>
        weights.Pooler is null ? BatchRules.ScoreRow(batch, span, blueprint.PadToken) : span.Start;

    // The states become tanh(W state + b), which the head reads.
    void Pool(Linear pooler)
    {
        Multiply(pooler, 0, kept, 1, 1);
        for (var i = 0; i < kept; i++)
            new Span<float>(rows.Logits.Row(i), blueprint.HiddenSize).CopyTo(new Span<float>(rows.States.Row(i), blueprint.HiddenSize));
    }

    // The rows are at hand; each is drawn from by one member.
    void Draw(SamplingPlan[] plans, Span<SampledToken> tokens)
    {
        var drawn = new SampledToken[plans.Length];
        if (plans.Length == 1) Sample(0, 0);
        else
            team.Run(member =>
            {
                while (team.TryClaim(plans.Length, out var i)) Sample(member, i);
            });
        drawn.CopyTo(tokens);

        void Sample(int member, int i) => drawn[i] = samplers[member].Sample(Row(plans[i].Row), plans[i]);
    }

    // [V], valid until a row of another block is read.
    float* Row(int row)
    {
        if (step != rows.Step) throw new InvalidOperationException("The network's next step has overwritten this one's results.");
        if ((uint)row >= (uint)kept) throw new ArgumentOutOfRangeException(nameof(row), row, $"The step kept {kept} rows.");
        if (!IsAtHand(row)) Compute(row / BlockRows * BlockRows);
        return rows.Logits.Row(row - blockStart);
    }

    bool IsAtHand(int row) => row / BlockRows * BlockRows == blockStart;

    void Compute(int start)
    {
        // Neither scale nor cap is a score's.
        var (scale, cap) = pooling == Pooling.Score ? (1, null) : (blueprint.LogitScale, blueprint.LogitSoftCap);
        Multiply(weights.Head!, start, Math.Min(BlockRows, kept - start), scale, cap);
        blockStart = start;
    }

    // Logits = scaled and capped W state + b, of states start .. start + count - 1.
    void Multiply(Linear linear, int start, int count, float scale, float? cap)
    {
        rows.Logits.Shape(count, linear.Outputs);
        var packed = rows.Packed;
        packed.Shape(count, linear.Inputs, linear.NeedsIntegers, linear.NeedsFloats, linear.NeedsShorts);
        team.Run(_ =>
        {
            while (team.TryClaim(packed.Tiles, out var tile))
                RowPacking.PackTile(packed, tile, rows.States.Row(start + tile * PackedRows.TileRows), rows.States.Stride, linear.Inputs);
            team.Sync();
            ProductPhase.Run(team, linear, packed, rows.Logits);
            team.Sync();
            Finish(count, linear, scale, cap);
        });
    }

    // Bias, scale and cap, a piece of the vocabulary at a time.
    void Finish(int count, Linear linear, float scale, float? cap)
    {
        const int piece = 4096;
        if (linear.Bias is null && scale == 1 && cap is null) return;
        var pieces = (linear.Outputs + piece - 1) / piece;
        while (team.TryClaim(count * pieces, out var item))
        {
            var first = item % pieces * piece;
            var row = rows.Logits.Row(item / pieces);
            var length = Math.Min(piece, linear.Outputs - first);
            if (linear.Bias is { } bias)
                fixed (float* b = bias) Norms.Add(row + first, b + first, length);
            Activations.ScaleAndCap(row + first, length, scale, cap);
        }
    }
}
