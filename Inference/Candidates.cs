// The tokens that may still be drawn, with unnormalised weights, and the truncations that remove tokens. Each truncation sees the
// renormalised distribution that the one before left. Uses its own buffers; knows nothing of the truncations' order.
using System.Numerics;

namespace Majlis.Inference;

sealed class Candidates(int vocabularySize)
{
    const int TopHCandidates = 100;

    // Ascending by id; the best token's weight is 1.
    readonly int[] ids = new int[vocabularySize];
    readonly float[] weights = new float[vocabularySize];
    readonly ulong[] order = new ulong[vocabularySize];
    readonly float[] scratch = new float[vocabularySize];
    readonly double[] mass = new double[Bucket(1) + 1];

    public int Count { get; private set; }

    double Total { get; set; }

    public ReadOnlySpan<int> Ids => ids.AsSpan(0, Count);

    public double Probability(int index) => weights[index] / Total;

    /// <summary>Starts with every token of finite logit, at <paramref name="temperature"/>.</summary>
    public void Fill(ReadOnlySpan<float> logits, float temperature)
    {
        var best = LogProbs.Max(logits);
        var whole = logits.Length - logits.Length % Vector<float>.Count;
        for (var i = 0; i < whole; i += Vector<float>.Count) Weigh(logits[i..], best, temperature).CopyTo(weights, i);
        // The rest uses the same exponential: equal logits must get equal weights.
        Span<float> rest = stackalloc float[Vector<float>.Count];
        logits[whole..].CopyTo(rest);
        for (var i = whole; i < logits.Length; i++) weights[i] = Weigh(rest, best, temperature)[i - whole];
        for (var i = 0; i < logits.Length; i++) ids[i] = i;
        Count = logits.Length;
        KeepFrom(float.Epsilon);
    }

    static Vector<float> Weigh(ReadOnlySpan<float> logits, float best, float temperature) =>
        Vector.Exp((new Vector<float>(logits) - new Vector<float>(best)) / new Vector<float>(temperature));

    public void MinP(float share) => KeepFrom(share);

    public void TopK(int count)
    {
        if (count < Count) KeepFrom(KthLargest(count));
    }

    /// <summary>
    /// Drops tokens from the least likely on, while the dropped mass is at most 1 - p; among equals the lower id goes first.
    /// </summary>
    public void TopP(float p)
    {
        var allowed = (1.0 - p) * Total;
        var (border, dropped) = Border(allowed);
        var left = 0;
        for (var i = 0; i < Count; i++)
        {
            var bucket = Bucket(weights[i]);
            if (bucket < border) weights[i] = 0;
            else if (bucket == border) order[left++] = (ulong)BitConverter.SingleToUInt32Bits(weights[i]) << 32 | (uint)i;
        }
        Array.Sort(order, 0, left);
        // The best token stays, whatever the rounding.
        if (border == mass.Length - 1) left--;
        for (var i = 0; i < left && (dropped += WeightOf(order[i])) <= allowed; i++) weights[IndexOf(order[i])] = 0;
        KeepFrom(float.Epsilon);
    }

    /// <summary>
    /// The first bucket that cannot be dropped whole, and the mass below it. Only this bucket is sorted: a flat row of 256,000 tokens costs
    /// a pass, not a sort.
    /// </summary>
    (int Bucket, double Below) Border(double allowed)
    {
        Array.Clear(mass);
        for (var i = 0; i < Count; i++) mass[Bucket(weights[i])] += weights[i];
        double below = 0;
        var bucket = 0;
        while (bucket < mass.Length - 1 && below + mass[bucket] <= allowed) below += mass[bucket++];
        return (bucket, below);
    }

    /// <summary>Keeps the tokens whose surprisal is nearest to the entropy, until their mass reaches <paramref name="mass"/>.</summary>
    public void Typical(float mass)
    {
        var entropy = Entropy();
        for (var i = 0; i < Count; i++)
        {
            scratch[i] = (float)Math.Abs(-Math.Log(Probability(i)) - entropy);
            order[i] = (ulong)BitConverter.SingleToUInt32Bits(scratch[i]) << 32 | (uint)i;
        }
        Array.Sort(order, 0, Count);
        double kept = 0;
        var last = 0;
        while (last < Count - 1 && (kept += Probability(IndexOf(order[last]))) < mass) last++;
        var furthest = WeightOf(order[last]);
        for (var i = 0; i < Count; i++) if (scratch[i] > furthest) weights[i] = 0;
        KeepFrom(float.Epsilon);
    }

    public void Epsilon(float cutoff) => KeepFrom((float)Math.Min(1, cutoff * Total));

    public void Eta(float cutoff) => Epsilon((float)Math.Min(cutoff, Math.Sqrt(cutoff) * Math.Exp(-Entropy())));

    /// <summary>Keeps the best tokens while their entropy is within the given share of the entropy of the best hundred.</summary>
    public void TopH(float share)
    {
        TopK(TopHCandidates);
        var bound = share * Entropy();
        for (var i = 0; i < Count; i++) order[i] = (ulong)BitConverter.SingleToUInt32Bits(weights[i]) << 32 | (uint)i;
        Array.Sort(order, 0, Count);
        double entropy = 0;
        for (var rank = Count - 1; rank >= 0; rank--)
        {
            var p = Probability(IndexOf(order[rank]));
            entropy -= p * Math.Log(p);
            if (entropy > bound && rank < Count - 1) weights[IndexOf(order[rank])] = 0;
        }
        KeepFrom(float.Epsilon);
    }

    /// <summary>Inverts the cumulative distribution, ascending by id.</summary>
    public int Draw(double uniform)
    {
        var target = uniform * Total;
        double sum = 0;
        for (var i = 0; i < Count; i++)
            if ((sum += weights[i]) > target) return ids[i];
        return ids[Count - 1];
    }

    void KeepFrom(float least)
    {
        var kept = 0;
        double total = 0;
        for (var i = 0; i < Count; i++)
        {
            if (weights[i] < least) continue;
            ids[kept] = ids[i];
            total += weights[kept++] = weights[i];
        }
        Count = kept;
        Total = total;
    }

    double Entropy()
    {
        double entropy = 0;
        for (var i = 0; i < Count; i++) entropy -= Probability(i) * Math.Log(Probability(i));
        return entropy;
    }

    /// <summary>Quickselect on a copy.</summary>
    float KthLargest(int k)
    {
        weights.AsSpan(0, Count).CopyTo(scratch);
        int low = 0, high = Count - 1, target = Count - k;
        while (low < high)
        {
            var pivot = scratch[(low + high) / 2];
            int left = low, right = high;
            while (left <= right)
            {
                while (scratch[left] < pivot) left++;
                while (scratch[right] > pivot) right--;
                if (left > right) break;
                (scratch[left], scratch[right]) = (scratch[right], scratch[left]);
                left++;
                right--;
            }
            if (target <= right) high = right;
            else if (target >= left) low = left;
            else break;
        }
        return scratch[target];
    }

    /// <summary>Buckets of weights in (0, 1] by exponent and six bits of mantissa: a heavier weight is never in a lower bucket.</summary>
    static int Bucket(float weight) => (int)(BitConverter.SingleToUInt32Bits(weight) >> 17);

    // An entry of the sorted order: the bits of a positive float (they ascend as integers) above its index.
    static float WeightOf(ulong entry) => BitConverter.UInt32BitsToSingle((uint)(entry >> 32));

    static int IndexOf(ulong entry) => (int)(uint)entry;
}
