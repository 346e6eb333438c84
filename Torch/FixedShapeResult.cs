// The logits of a step in fixed shapes. Each row is sampled alone, so that sampling does not depend on the other rows either.
using Majlis.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch;

/// <summary>Owns the rows, [1, V] fp32 each.</summary>
sealed class FixedShapeResult(Tensor[] rows) : ForwardResult
{
    public override int RowCount => rows.Length;

    public override void ReadLogits(int row, Span<float> logits)
    {
        using var here = rows[row].cpu();
        here.data<float>().CopyTo(logits);
    }

    public override void Sample(ReadOnlySpan<SamplingPlan> plans, Span<SampledToken> tokens)
    {
        if (tokens.Length < plans.Length) throw new ArgumentException("There are fewer places for tokens than plans.", nameof(tokens));
        using var inference = inference_mode(true);
        for (var i = 0; i < plans.Length; i++)
        {
            using var scope = NewDisposeScope();
            DeviceSampler.Sample(rows[plans[i].Row], plans.Slice(i, 1), tokens[i..]);
        }
    }

    public override float[] ReadPooled(int sequence) => throw new InvalidOperationException("A step in fixed shapes pools nothing.");

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        foreach (var row in rows) row.Dispose();
    }
}
