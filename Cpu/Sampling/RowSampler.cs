// Draws one token from a row of logits by a plan: temperature, min-p, top-k (ties stay), top-p from the least likely token on (among equals
// the lower id goes first), then the inverse cumulative distribution, ascending by id. Equals the pure sampler.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Cpu.Kernels;
using Majlis.Model;

namespace Majlis.Cpu.Sampling;

/// <summary>One row at a time; its buffers are reused.</summary>
sealed unsafe class RowSampler(int vocabularySize)
{
    // Buckets by the upper bits of a weight's fp32: a heavier weight is never in a lower bucket.
    const int BucketShift = 20;

    readonly float[] weights = new float[(vocabularySize + 15) / 16 * 16];
    readonly double[] mass = new double[(0x3F800000 >> BucketShift) + 1];

    /// <summary>A row that is not finite gets a log-probability that is not finite.</summary>
    public SampledToken Sample(float* logits, SamplingPlan plan)
    {
        var row = new ReadOnlySpan<float>(logits, vocabularySize);
        var best = Largest(row);
        var total = best + Math.Log(Weigh(row, best, 1));
        var likeliest = plan.Allowed.IsEmpty ? Math.Max(0, row.IndexOf(best)) : Likeliest(row, plan.Allowed.Span);
        var id = plan.Temperature == 0 || !float.IsFinite(row[likeliest]) ? likeliest : Draw(row, row[likeliest], plan);
        return new(id, (float)(row[id] - total));
    }

    // The lowest id wins a tie.
    static int Likeliest(ReadOnlySpan<float> row, ReadOnlySpan<ulong> allowed)
    {
        var (likeliest, best) = (-1, float.NegativeInfinity);
        for (var start = 0; start < row.Length; start += 64)
        {
            var bits = allowed[start >> 6];
            if (bits == ulong.MaxValue && start + 64 <= row.Length && Largest(row.Slice(start, 64)) <= best) continue;
            for (; bits != 0 && BitOperations.TrailingZeroCount(bits) + start is var id && id < row.Length; bits &= bits - 1)
                if (likeliest < 0 || row[id] > best) (likeliest, best) = (id, row[id]);
        }
        return Math.Max(0, likeliest);
    }

    static void Forbid(Span<float> kept, ReadOnlySpan<ulong> allowed)
    {
        for (var start = 0; start < kept.Length; start += 64)
        {
            var some = kept.Slice(start, Math.Min(64, kept.Length - start));
            var forbidden = ~allowed[start >> 6];
            if (forbidden == ulong.MaxValue) some.Clear();
            else
                for (; forbidden != 0 && BitOperations.TrailingZeroCount(forbidden) is var i && i < some.Length; forbidden &= forbidden - 1)
                    some[i] = 0;
        }
    }

    int Draw(ReadOnlySpan<float> row, float best, SamplingPlan plan)
    {
        if (plan.Temperature != 1 || !plan.Allowed.IsEmpty) Weigh(row, best, plan.Temperature);
        var kept = weights.AsSpan(0, vocabularySize);
        if (!plan.Allowed.IsEmpty) Forbid(kept, plan.Allowed.Span);
        var least = Math.Max(float.Epsilon, plan.MinP);
        if (plan.TopK > 0 && plan.TopK < vocabularySize) least = Math.Max(least, KthLargest(kept, plan.TopK));
        var total = 0.0;
        foreach (ref var weight in kept)
            if (weight < least) weight = 0;
            else total += weight;
        if (plan.TopP < 1) total = DropTail(kept, (1.0 - plan.TopP) * total);
        return Inverse(kept, plan.Uniform * total);
    }

    static int Inverse(ReadOnlySpan<float> kept, double target)
    {
        var (sum, last) = (0.0, 0);
        for (var id = 0; id < kept.Length; id++)
        {
            if (kept[id] == 0) continue;
            if ((sum += kept[id]) > target) return id;
            last = id;
        }
        return last;
    }

    // weights[i] = e^((row[i] - best) / temperature); returns their sum.
    double Weigh(ReadOnlySpan<float> row, float best, float temperature) => Vector512.IsHardwareAccelerated
        ? Weigh<WholeFloats>(row, best, temperature) : Weigh<HalvedFloats>(row, best, temperature);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    double Weigh<T>(ReadOnlySpan<float> row, float best, float temperature) where T : struct, IFloats<T>
    {
        var sum = 0.0;
        var padded = stackalloc float[16];
        fixed (float* logits = row, to = weights)
            for (var i = 0; i < row.Length; i += 16)
            {
                var rest = row.Length - i;
                for (var k = 0; rest < 16 && k < 16; k++) padded[k] = k < rest ? logits[i + k] : float.NegativeInfinity;
                var weight = Exponential.Exp((T.Load(rest < 16 ? padded : logits + i) - T.All(best)) / T.All(temperature));
                weight.Store(to + i);
                sum += weight.Sum();
            }
        return sum;
    }

    // NaN when any is NaN.
    static float Largest(ReadOnlySpan<float> row)
    {
        var (most, i) = (Vector256.Create(float.NegativeInfinity), 0);
        for (; i <= row.Length - 8; i += 8) most = Vector256.Max(most, Vector256.Create(row.Slice(i, 8)));
        var best = float.NegativeInfinity;
        for (var lane = 0; lane < 8; lane++) best = Math.Max(best, most[lane]);
        for (; i < row.Length; i++) best = Math.Max(best, row[i]);
        return best;
    }

    // A heap of the k largest so far, the smallest of them on top: few tokens pass it.
    static float KthLargest(ReadOnlySpan<float> weights, int k)
    {
        var heap = new PriorityQueue<float, float>(k + 1);
        foreach (var weight in weights)
            if (heap.Count < k) heap.Enqueue(weight, weight);
            else if (weight > heap.Peek()) heap.EnqueueDequeue(weight, weight);
        return heap.Peek();
    }

    // Drops weights from the smallest on while their sum is at most what is allowed; returns the sum of the rest. Only the bucket at the
    // border is sorted. The best token stays, whatever the rounding.
    double DropTail(Span<float> kept, double allowed)
    {
        Array.Clear(mass);
        foreach (var weight in kept) mass[Bucket(weight)] += weight;
        var (border, dropped) = (0, 0.0);
        while (border < mass.Length - 1 && dropped + mass[border] <= allowed) dropped += mass[border++];
        var atBorder = new List<(float Weight, int Id)>();
        for (var id = 0; id < kept.Length; id++)
            if (kept[id] > 0 && Bucket(kept[id]) < border) kept[id] = 0;
            else if (kept[id] > 0 && Bucket(kept[id]) == border) atBorder.Add((kept[id], id));
        atBorder.Sort();
        if (border == mass.Length - 1 && atBorder.Count > 0) atBorder.RemoveAt(atBorder.Count - 1);
        foreach (var (weight, id) in atBorder)
        {
            if ((dropped += weight) > allowed) break;
            kept[id] = 0;
        }
        var total = 0.0;
        foreach (var weight in kept) total += weight;
        return total;
    }

    static int Bucket(float weight) => (int)(BitConverter.SingleToUInt32Bits(weight) >> BucketShift);
}
