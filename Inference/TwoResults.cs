// The results of two passes of one step as one: first the rows of the first pass, then those of the second.
using Majlis.Model;

namespace Majlis.Inference;

sealed class TwoResults(ForwardResult first, ForwardResult second) : ForwardResult
{
    public override int RowCount => first.RowCount + second.RowCount;

    public override void ReadLogits(int row, Span<float> logits)
    {
        if (row < first.RowCount) first.ReadLogits(row, logits);
        else second.ReadLogits(row - first.RowCount, logits);
    }

    /// <summary>Plans come with the first pass's rows first.</summary>
    public override void Sample(ReadOnlySpan<SamplingPlan> plans, Span<SampledToken> tokens)
    {
        var own = 0;
        while (own < plans.Length && plans[own].Row < first.RowCount) own++;
        var rest = plans[own..].ToArray();
        for (var i = 0; i < rest.Length; i++) rest[i] = rest[i] with { Row = rest[i].Row - first.RowCount };
        if (own > 0) first.Sample(plans[..own], tokens);
        if (rest.Length > 0) second.Sample(rest, tokens[own..]);
    }

    /// <summary>Only the second pass pools: the first is in fixed shapes.</summary>
    public override float[] ReadPooled(int sequence) => second.ReadPooled(sequence);

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        first.Dispose();
        second.Dispose();
    }
}
