// Online softmax (https://arxiv.org/abs/2205.14135) of up to eight query rows over the keys at hand, in fp32: the oracle's.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Cpu.Kernels;
using Majlis.Model;
using static Majlis.Cpu.Attention.AttentionTile;
using static Majlis.Cpu.Attention.PagedCache;

namespace Majlis.Cpu.Attention;

static unsafe class AttentionKernel
{
    /// <summary>
    /// Computes what rows <paramref name="row"/> and following get from the first <paramref name="count"/> keys at hand, whose first
    /// stands at position <paramref name="begin"/>.
    /// </summary>
    public static void Run<TWidth>(AttentionTile tile, int row, int begin, int count, AttentionBlueprint a)
        where TWidth : struct, IWidth
    {
        var queries = tile.Queries + row * tile.Padded;
        for (var b = 0; b * BlockTokens < count; b += 2)
        {
            float* one = (float*)tile.KeyBlocks[b], other = (float*)tile.KeyBlocks[b + 1];
            // Where one is missing, its scores are masked; the other's stand in for them.
            if (one is null) one = other;
            if (other is null) other = one;
            if (one is not null) Scores<TWidth>(one, other, queries, tile.Scores + b * BlockTokens, a.HeadDim);
        }
        for (var i = 0; i < TWidth.Count; i++)
            if (Vector512.IsHardwareAccelerated) Shares<WholeFloats>(tile, row + i, tile.Scores + i * Keys, begin, count, a);
            else Shares<HalvedFloats>(tile, row + i, tile.Scores + i * Keys, begin, count, a);
        for (var element = 0; element < tile.Padded; element += 32) Mix<TWidth>(tile, row, count, element);
    }

    // [row][32 keys] = q k for two blocks of keys: with one there were too few sums to keep the processor busy.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Scores<TWidth>(float* one, float* other, float* queries, float* scores, int headDim)
        where TWidth : struct, IWidth
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
        for (var d = 0; d < headDim; d++, queries += TWidth.Count)
        {
            var (first, second) = (Vector512.Load(one + d * BlockTokens), Vector512.Load(other + d * BlockTokens));
            Lanes.MultiplyAdd<TWidth>(first, queries, ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
            Lanes.MultiplyAdd<TWidth>(second, queries, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        }
        Lanes.Store<TWidth>(scores, Keys, a0, a1, a2, a3, a4, a5, a6, a7);
        Lanes.Store<TWidth>(scores + BlockTokens, Keys, b0, b1, b2, b3, b4, b5, b6, b7);
    }

    // Scores to shares e^(score - largest) of one row; what the row does not attend to gets 0.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Shares<T>(AttentionTile tile, int row, float* scores, int begin, int count, AttentionBlueprint a)
        where T : struct, IFloats<T>
    {
        var own = tile.Positions[row];
        var oldest = a.Window is { } window ? own - window + 1 : 0;
        var (scale, most, softCap) = (T.All(a.Scale), T.All(float.NegativeInfinity), a.SoftCap);
        for (var k = 0; k < count; k += 16)
        {
            var score = T.Load(scores + k) * scale;
            if (softCap is { } cap) score = Exponential.Tanh(score / T.All(cap)) * T.All(cap);
            if (begin + k < oldest || begin + k + 15 > own) score = T.Hide(score, begin + k, oldest, own);
            score.Store(scores + k);
            most = T.Max(most, score);
        }
        var largest = most.Largest();
        // Nothing is attended to: the difference of two infinities would be no number.
        var shift = T.All(float.IsNegativeInfinity(largest) ? 0 : largest);
        var sum = T.All(0);
        for (var k = 0; k < count; k += 16)
        {
            var share = Exponential.Exp(T.Load(scores + k) - shift);
            share.Store(scores + k);
            sum += share;
        }
        tile.Here.Sums[row] = sum.Sum();
        tile.Here.Largest[row] = largest;
    }

    // [row][32 elements] = shares times values. Values beyond the last key are another sequence's remains.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Mix<TWidth>(AttentionTile tile, int row, int count, int element)
        where TWidth : struct, IWidth
    {
        var padded = tile.Padded;
        var second = element + 16 < padded ? element + 16 : element;
        var shares = tile.Scores;
        var blocks = tile.ValueBlocks;
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
        for (var b = 0; b * BlockTokens < count; b++, shares += BlockTokens)
        {
            if (blocks[b] is null) continue;
            var values = (float*)blocks[b];
            var here = Math.Min(BlockTokens, count - b * BlockTokens);
            for (var k = 0; k < here; k++)
            {
                var (one, other) = (Vector512.Load(values + k * padded + element), Vector512.Load(values + k * padded + second));
                Add<TWidth>(one, shares + k, ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
                Add<TWidth>(other, shares + k, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
            }
        }
        var mixed = tile.Here.Mixed + row * padded;
        Lanes.Store<TWidth>(mixed + element, padded, a0, a1, a2, a3, a4, a5, a6, a7);
        if (second != element) Lanes.Store<TWidth>(mixed + second, padded, b0, b1, b2, b3, b4, b5, b6, b7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<TWidth>(Vector512<float> value, float* shares, ref Vector512<float> a0, ref Vector512<float> a1,
        ref Vector512<float> a2, ref Vector512<float> a3, ref Vector512<float> a4, ref Vector512<float> a5, ref Vector512<float> a6,
        ref Vector512<float> a7) where TWidth : struct, IWidth
    {
        a0 = Vector512.FusedMultiplyAdd(value, Vector512.Create(shares[0]), a0);
        if (TWidth.Count > 1) a1 = Vector512.FusedMultiplyAdd(value, Vector512.Create(shares[Keys]), a1);
        if (TWidth.Count > 2) a2 = Vector512.FusedMultiplyAdd(value, Vector512.Create(shares[2 * Keys]), a2);
        if (TWidth.Count > 2) a3 = Vector512.FusedMultiplyAdd(value, Vector512.Create(shares[3 * Keys]), a3);
        if (TWidth.Count <= 4) return;
        a4 = Vector512.FusedMultiplyAdd(value, Vector512.Create(shares[4 * Keys]), a4);
        a5 = Vector512.FusedMultiplyAdd(value, Vector512.Create(shares[5 * Keys]), a5);
        a6 = Vector512.FusedMultiplyAdd(value, Vector512.Create(shares[6 * Keys]), a6);
        a7 = Vector512.FusedMultiplyAdd(value, Vector512.Create(shares[7 * Keys]), a7);
    }
}
