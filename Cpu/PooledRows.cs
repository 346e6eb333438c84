// One vector a sequence from the final states: their mean, or one token's. Reward scores are the head's and not made here.
using Majlis.Cpu.Weights;
using Majlis.Model;

namespace Majlis.Cpu;

static unsafe class PooledRows
{
    /// <summary>[sequence][hidden], normed, not scaled to unit length.</summary>
    public static float[][] Of(ForwardBatch batch, FloatRows stream, NormWeights? norm, int hidden) =>
        [.. batch.Spans.Select(span => batch.Pooling switch
        {
            Pooling.Mean => Mean(span, stream, norm, hidden),
            Pooling.First => State(span.Start, stream, norm, hidden),
            _ => State(span.Start + span.Count - 1, stream, norm, hidden),
        })];

    static float[] State(int row, FloatRows stream, NormWeights? norm, int hidden)
    {
        var state = new float[hidden];
        fixed (float* to = state)
        {
            new ReadOnlySpan<float>(stream.Row(row), hidden).CopyTo(state);
            norm?.Apply(to, to, hidden);
        }
        return state;
    }

    static float[] Mean(SequenceSpan span, FloatRows stream, NormWeights? norm, int hidden)
    {
        var sums = new double[hidden];
        for (var row = span.Start; row < span.Start + span.Count; row++)
        {
            var state = State(row, stream, norm, hidden);
            for (var i = 0; i < hidden; i++) sums[i] += state[i];
        }
        return Array.ConvertAll(sums, sum => (float)(sum / span.Count));
    }
}
