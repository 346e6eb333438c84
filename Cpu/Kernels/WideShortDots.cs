// Products of whole numbers in 16 bits, two columns at a time, in vectors of 512 bits: 2 x 16 lanes by up to four rows. On processors that
// have such units whole, twice the products of VNNI's 256 bits; the sums are the same numbers.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Majlis.Cpu.Kernels;

static unsafe class WideShortDots
{
    public static void Scores(in ShortScores s)
    {
        switch (s.Width)
        {
            case 1: Scores<One>(s); break;
            case 2: Scores<Two>(s); break;
            default: Scores<Four>(s); break;
        }
    }

    public static void Mix(in ShortMix m)
    {
        switch (m.Width)
        {
            case 1: Mix<One>(m); break;
            case 2: Mix<Two>(m); break;
            default: Mix<Four>(m); break;
        }
    }

    // Where one of two blocks is missing, the other stands in for it, and its scores are not stored.
    static void Scores<TWidth>(in ShortScores s) where TWidth : struct, IWidth
    {
        for (var block = 0; block < s.Blocks; block += 2)
        {
            byte* one = s.Keys[block], other = block + 1 < s.Blocks ? s.Keys[block + 1] : null;
            if (one is null && other is null) continue;
            Scores<TWidth>(s, one is null ? other : one, other is null ? one : other, one is null ? -1 : block,
                other is null ? -1 : block + 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Scores<TWidth>(in ShortScores s, byte* one, byte* other, int first, int second) where TWidth : struct, IWidth
    {
        var stride = s.Chunks * ShortScores.ChunkPairs;
        float* scales = (float*)(one + s.Pairs * 64), otherScales = (float*)(other + s.Pairs * 64);
        for (var chunk = 0; chunk < s.Chunks; chunk++, scales += 16, otherScales += 16)
        {
            var pairs = Math.Min(ShortScores.ChunkPairs, s.Pairs - chunk * ShortScores.ChunkPairs);
            for (var row = 0; row < s.Width; row += TWidth.Count)
            {
                Vector512<int> a0 = default, a1 = default, a2 = default, a3 = default;
                Vector512<int> b0 = default, b1 = default, b2 = default, b3 = default;
                Add<TWidth>(one, other, 64, pairs, s.Query(row, chunk), stride, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2,
                    ref b3);
                if (first >= 0) Put<TWidth>(s, row, first, chunk, Vector512.Load(scales), a0, a1, a2, a3);
                if (second >= 0) Put<TWidth>(s, row, second, chunk, Vector512.Load(otherScales), b0, b1, b2, b3);
            }
            one += pairs * 64;
            other += pairs * 64;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Mix<TWidth>(in ShortMix m) where TWidth : struct, IWidth
    {
        var stride = (int)(m.Shares(1, 0) - m.Shares(0, 0));
        for (var group = 0; group < m.Groups; group++)
            for (var element = 0; element < m.Padded; element += 32)
                for (var row = 0; row < m.Width; row += TWidth.Count)
                {
                    Vector512<int> a0 = default, a1 = default, a2 = default, a3 = default;
                    Vector512<int> b0 = default, b1 = default, b2 = default, b3 = default;
                    // An odd number of vectors: the last one twice.
                    var second = element + 16 < m.Padded ? element + 16 : element;
                    var end = Math.Min(m.Blocks, (group + 1) * ShortMix.GroupBlocks);
                    for (var block = group * ShortMix.GroupBlocks; block < end; block++)
                        if (m.Values[block] is not null)
                            Add<TWidth>(m.Values[block] + element * 4, m.Values[block] + second * 4, m.Padded * 4, ShortMix.BlockPairs,
                                m.Shares(row, block), stride, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
                    Put<TWidth>(m, row, group, element, a0, a1, a2, a3);
                    if (second != element) Put<TWidth>(m, row, group, second, b0, b1, b2, b3);
                }
    }

    // v and w are [pair][16 lanes][2], step bytes apart; rows of x are stride pairs apart.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<TWidth>(byte* v, byte* w, int step, int pairs, int* x, int stride, ref Vector512<int> a0, ref Vector512<int> a1,
        ref Vector512<int> a2, ref Vector512<int> a3, ref Vector512<int> b0, ref Vector512<int> b1, ref Vector512<int> b2,
        ref Vector512<int> b3) where TWidth : struct, IWidth
    {
        int* x1 = x + stride, x2 = x1 + stride, x3 = x2 + stride;
        for (nint k = 0; k < pairs; k += 2, v += 2 * step, w += 2 * step)
        {
            Pair<TWidth>(v, w, x + k, x1 + k, x2 + k, x3 + k, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
            Pair<TWidth>(v + step, w + step, x + k + 1, x1 + k + 1, x2 + k + 1, x3 + k + 1, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1,
                ref b2, ref b3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Pair<TWidth>(byte* v, byte* w, int* x, int* x1, int* x2, int* x3, ref Vector512<int> a0, ref Vector512<int> a1,
        ref Vector512<int> a2, ref Vector512<int> a3, ref Vector512<int> b0, ref Vector512<int> b1, ref Vector512<int> b2,
        ref Vector512<int> b3) where TWidth : struct, IWidth
    {
        Vector512<short> one = Vector512.Load((short*)v), other = Vector512.Load((short*)w);
        Row(x, one, other, ref a0, ref b0);
        if (TWidth.Count > 1) Row(x1, one, other, ref a1, ref b1);
        if (TWidth.Count <= 2) return;
        Row(x2, one, other, ref a2, ref b2);
        Row(x3, one, other, ref a3, ref b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Row(int* x, Vector512<short> one, Vector512<short> other, ref Vector512<int> a, ref Vector512<int> b)
    {
        var pair = Vector512.Create(*x).AsInt16();
        a += Avx512BW.MultiplyAddAdjacent(one, pair);
        b += Avx512BW.MultiplyAddAdjacent(other, pair);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Put<TWidth>(in ShortScores s, int row, int block, int chunk, Vector512<float> scales, Vector512<int> a0,
        Vector512<int> a1, Vector512<int> a2, Vector512<int> a3) where TWidth : struct, IWidth
    {
        Put(s, row, block, chunk, scales, a0);
        if (TWidth.Count > 1) Put(s, row + 1, block, chunk, scales, a1);
        if (TWidth.Count <= 2) return;
        Put(s, row + 2, block, chunk, scales, a2);
        Put(s, row + 3, block, chunk, scales, a3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Put(in ShortScores s, int row, int block, int chunk, Vector512<float> scales, Vector512<int> a)
    {
        var to = s.Scores(row, block);
        var score = Vector512.ConvertToSingle(a) * scales * Vector512.Create(*s.Scale(row, chunk));
        (chunk > 0 ? score + Vector512.Load(to) : score).Store(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Put<TWidth>(in ShortMix m, int row, int group, int element, Vector512<int> a0, Vector512<int> a1, Vector512<int> a2,
        Vector512<int> a3) where TWidth : struct, IWidth
    {
        Put(m, row, group, element, a0);
        if (TWidth.Count > 1) Put(m, row + 1, group, element, a1);
        if (TWidth.Count <= 2) return;
        Put(m, row + 2, group, element, a2);
        Put(m, row + 3, group, element, a3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Put(in ShortMix m, int row, int group, int element, Vector512<int> a)
    {
        var to = m.Mixed(row, element);
        var sum = Vector512.ConvertToSingle(a) * Vector512.Create(*m.Scale(row, group));
        Vector512.FusedMultiplyAdd(Vector512.Load(to), Vector512.Create(m.Factor(row, group)), sum).Store(to);
    }
}
