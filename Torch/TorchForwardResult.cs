// The results of a step on the device. Logits are computed from the final states when they are read, some rows at a time: all logits of a
// long prompt are never in memory at once. Valid until the network's next step or disposal.
using Majlis.Model;
using static TorchSharp.torch;

namespace Majlis.Torch;

sealed class TorchForwardResult(Tensor? states, Tensor? pooled, FusedLinear? head, Blueprint blueprint) : ForwardResult
{
    const int BlockRows = 64;

    Tensor? block;
    int blockStart = -1;

    public override int RowCount => (int)(states?.shape[0] ?? 0);

    public override void ReadLogits(int row, Span<float> logits)
    {
        if (logits.Length != blueprint.VocabularySize)
            throw new ArgumentException($"A row has {blueprint.VocabularySize} logits, not {logits.Length}.", nameof(logits));
        using var inference = inference_mode(true);
        using var scope = NewDisposeScope();
        Block(row)[row - blockStart].cpu().data<float>().CopyTo(logits);
    }

    public override void Sample(ReadOnlySpan<SamplingPlan> plans, Span<SampledToken> tokens)
    {
        if (tokens.Length < plans.Length) throw new ArgumentException("There are fewer places for tokens than plans.", nameof(tokens));
        using var inference = inference_mode(true);
        for (var at = 0; at < plans.Length; at += BlockRows)
        {
            using var scope = NewDisposeScope();
            var part = plans.Slice(at, Math.Min(BlockRows, plans.Length - at));
            DeviceSampler.Sample(Rows(part), part, tokens[at..]);
        }
    }

    public override float[] ReadPooled(int sequence)
    {
        if (pooled is null) throw new InvalidOperationException("The step was not asked to pool.");
        using var row = pooled[sequence];
        using var here = row.cpu();
        return here.data<float>().ToArray();
    }

    internal TorchForwardResult Detached()
    {
        states?.DetachFromDisposeScope();
        pooled?.DetachFromDisposeScope();
        return this;
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        states?.Dispose();
        pooled?.Dispose();
        block?.Dispose();
    }

    // [plans, V] fp32. Plans usually ask for all rows in order.
    Tensor Rows(ReadOnlySpan<SamplingPlan> plans)
    {
        var first = plans[0].Row;
        for (var i = 0; i < plans.Length; i++)
            if (plans[i].Row != first + i || first % BlockRows + i >= BlockRows) return Logits(Picked(plans));
        return Block(first).narrow(0, first - blockStart, plans.Length);
    }

    Tensor Picked(ReadOnlySpan<SamplingPlan> plans)
    {
        var rows = new long[plans.Length];
        for (var i = 0; i < rows.Length; i++) rows[i] = plans[i].Row;
        return states!.index_select(0, tensor(rows, device: states.device));
    }

    Tensor Block(int row)
    {
        if ((uint)row >= (uint)RowCount) throw new ArgumentOutOfRangeException(nameof(row), row, $"The step kept {RowCount} rows.");
        if (row / BlockRows * BlockRows == blockStart) return block!;
        block?.Dispose();
        blockStart = row / BlockRows * BlockRows;
        using var scope = NewDisposeScope();
        block = Logits(states!.narrow(0, blockStart, Math.Min(BlockRows, RowCount - blockStart))).DetachFromDisposeScope();
        return block;
    }

    Tensor Logits(Tensor rows) => Logits(rows, head!, blueprint);

    /// <summary>Final states [N, C] in the compute type to logits [N, V] fp32, scaled and capped.</summary>
    public static Tensor Logits(Tensor rows, FusedLinear head, Blueprint blueprint)
    {
        var logits = head.Apply(rows, []).to(ScalarType.Float32);
        if (blueprint.LogitScale != 1) logits = logits.Times(blueprint.LogitScale);
        return LayerOperations.SoftCap(logits, blueprint.LogitSoftCap);
    }
}
