// The vector of a prompt, put together from what each step pooled of its part. Knows no network and no request.
using Majlis.Model;

namespace Majlis.Inference;

/// <param name="kind">The mean of all states, or the last one.</param>
sealed class PooledStates(Pooling kind)
{
    double[] sums = [];
    int tokens;

    public float[] Vector => Array.ConvertAll(sums, sum => (float)(sum / tokens));

    /// <summary>Adds what a step pooled of <paramref name="count"/> tokens from <paramref name="start"/> on. A prompt that is read anew
    /// begins anew.</summary>
    public void Add(float[] states, int start, int count)
    {
        if (start == 0 || kind != Pooling.Mean) (sums, tokens) = (new double[states.Length], 0);
        var weight = kind == Pooling.Mean ? count : 1;
        for (var i = 0; i < states.Length; i++) sums[i] += (double)states[i] * weight;
        tokens += weight;
    }
}
