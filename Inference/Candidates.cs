// The tokens still in the draw, with unnormalised weights, and the truncations that take tokens out of it. Each truncation sees the
// distribution its predecessor left, renormalised. Works in buffers of its own; knows nothing of the order they are applied in.
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

    public int Count { get; private set; }

    double Total { get; set; }

    public ReadOnlySpan<int> Ids => ids.AsSpan(0, Count);

    public double Probability(int index) => weights[index] / Total;

    /// <summary>Takes in every token of finite logit, at <paramref name="temperature"/>.</summary>
    public void Fill(ReadOnlySpan<float> logits, float temperature)
    {
        var best = LogProbs.Max(logits);
        var i = 0;
        for (; i + Vector<float>.Count <= logits.Length; i += Vector<float>.Count)
            Vector.Exp((new Vector<float>(logits[i..]) - new Vector<float>(best)) / new Vector<float>(temperature)).CopyTo(weights, i);
        for (; i < logits.Length; i++) weights[i] = MathF.Exp((logits[i] - best) / temperature);
        for (i = 0; i < logits.Length; i++) ids[i] = i;
        Count = logits.Length;
        KeepFrom(float.Epsilon);
    }

    public void MinP(float share) => KeepFrom(share);

    public void TopK(int count)
    {
        if (count < Count) KeepFrom(KthLargest(count));
    }

    /// <summary>Drops from the least likely on while the dropped mass is at most 1 - p; of equals the lower id goes first.</summary>
    public void TopP(float p)
    {
        // What is at most (1 - p) / n falls in any case, all of it together: only the rest need be sorted.
        var allowed = (1.0 - p) * Total;
        var surely = (float)(allowed / Count);
        double dropped = 0;
        var left = 0;
        for (var i = 0; i < Count; i++)
        {
            if (weights[i] < 1 && weights[i] <= surely) { dropped += weights[i]; weights[i] = 0; }
            else order[left++] = (ulong)BitConverter.SingleToUInt32Bits(weights[i]) << 32 | (uint)i;
        }
        Array.Sort(order, 0, left);
        for (var i = 0; i < left - 1 && (dropped += WeightOf(order[i])) <= allowed; i++) weights[IndexOf(order[i])] = 0;
        KeepFrom(float.Epsilon);
    }

    /// <summary>Keeps the tokens whose surprise is nearest the entropy until their mass reaches <paramref name="mass"/>.</summary>
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

    /// <summary>Keeps the best tokens while their entropy stays within the given share of that of the hundred best.</summary>
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

    /// <summary>The inverse of the cumulative distribution, ascending by id.</summary>
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

    // An entry of the sorted order: the bits of a positive float (ascending as integers) above its index.
    static float WeightOf(ulong entry) => BitConverter.UInt32BitsToSingle((uint)(entry >> 32));

    static int IndexOf(ulong entry) => (int)(uint)entry;
}
