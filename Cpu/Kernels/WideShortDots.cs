// Products of whole numbers in 16 bits, two columns at a time, in vectors of 512 bits: 2 x 16 lanes by up to eight rows. On processors that
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
            case 4: Scores<Four>(s); break;
            default: Scores<Eight>(s); break;
        }
    }

    public static void Mix(in ShortMix m)
    {
        switch (m.Width)
        {
            case 1: Mix<One>(m); break;
            case 2: Mix<Two>(m); break;
            case 4: Mix<Four>(m); break;
            default: Mix<Eight>(m); break;
        }
    }

    // Where one of two blocks is missing, the other stands in for it, and its scores are not stored.
    static void Scores<TWidth>(in ShortScores s) where TWidth : struct, IWidth
    {
        for (var block = 0; block < s.Blocks; block += 2)
        {
            byte* one = s.Keys[block], other = block + 1 < s.Blocks ? s.Keys[block + 1] : null;
            if (one is null && other is null) continue;
            s.FetchNext(block);
            if (block + 1 < s.Blocks) s.FetchNext(block + 1);
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
            Vector512<int> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
            Vector512<int> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
            var pairs = Math.Min(ShortScores.ChunkPairs, s.Pairs - chunk * ShortScores.ChunkPairs);
            Add<TWidth>(one, other, 64, pairs, s.Query(0, chunk), stride, ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7,
                ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
            if (first >= 0) Put<TWidth>(s, first, chunk, Vector512.Load(scales), a0, a1, a2, a3, a4, a5, a6, a7);
            if (second >= 0) Put<TWidth>(s, second, chunk, Vector512.Load(otherScales), b0, b1, b2, b3, b4, b5, b6, b7);
            one += pairs * 64;
            other += pairs * 64;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Mix<TWidth>(in ShortMix m) where TWidth : struct, IWidth
    {
        var stride = (int)(m.Shares(1, 0) - m.Shares(0, 0));
        for (var group = 0; group < m.Groups; group++)
        {
            m.FetchNext(group);
            for (var element = 0; element < m.Padded; element += 32)
            {
                Vector512<int> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default,
                    a7 = default;
                Vector512<int> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default,
                    b7 = default;
                // An odd number of vectors: the last one twice.
                var second = element + 16 < m.Padded ? element + 16 : element;
                var end = Math.Min(m.Blocks, (group + 1) * ShortMix.GroupBlocks);
                for (var block = group * ShortMix.GroupBlocks; block < end; block++)
                    if (m.Values[block] is not null)
                        Add<TWidth>(m.Values[block] + element * 4, m.Values[block] + second * 4, m.Padded * 4, ShortMix.BlockPairs,
                            m.Shares(0, block), stride, ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7, ref b0, ref b1,
                            ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
                Put<TWidth>(m, group, element, a0, a1, a2, a3, a4, a5, a6, a7);
                if (second != element) Put<TWidth>(m, group, second, b0, b1, b2, b3, b4, b5, b6, b7);
            }
        }
    }

    // v and w are [pair][16 lanes][2], step bytes apart; rows of x are stride pairs apart.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<TWidth>(byte* v, byte* w, int step, int pairs, int* x, int stride, ref Vector512<int> a0, ref Vector512<int> a1,
        ref Vector512<int> a2, ref Vector512<int> a3, ref Vector512<int> a4, ref Vector512<int> a5, ref Vector512<int> a6,
        ref Vector512<int> a7, ref Vector512<int> b0, ref Vector512<int> b1, ref Vector512<int> b2, ref Vector512<int> b3,
        ref Vector512<int> b4, ref Vector512<int> b5, ref Vector512<int> b6, ref Vector512<int> b7)
        where TWidth : struct, IWidth
    {
        for (nint k = 0; k < pairs; k++, v += step, w += step, x++)
        {
            Vector512<short> one = Vector512.Load((short*)v), other = Vector512.Load((short*)w);
            Row(x, one, other, ref a0, ref b0);
            if (TWidth.Count > 1) Row(x + stride, one, other, ref a1, ref b1);
            if (TWidth.Count <= 2) continue;
            Row(x + 2 * stride, one, other, ref a2, ref b2);
            Row(x + 3 * stride, one, other, ref a3, ref b3);
            if (TWidth.Count <= 4) continue;
            Row(x + 4 * stride, one, other, ref a4, ref b4);
            Row(x + 5 * stride, one, other, ref a5, ref b5);
            Row(x + 6 * stride, one, other, ref a6, ref b6);
            Row(x + 7 * stride, one, other, ref a7, ref b7);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Row(int* x, Vector512<short> one, Vector512<short> other, ref Vector512<int> a, ref Vector512<int> b)
    {
        var pair = Vector512.Create(*x).AsInt16();
        a += Avx512BW.MultiplyAddAdjacent(one, pair);
        b += Avx512BW.MultiplyAddAdjacent(other, pair);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Put<TWidth>(in ShortScores s, int block, int chunk, Vector512<float> scales, Vector512<int> a0, Vector512<int> a1,
        Vector512<int> a2, Vector512<int> a3, Vector512<int> a4, Vector512<int> a5, Vector512<int> a6, Vector512<int> a7)
        where TWidth : struct, IWidth
    {
        Put(s, 0, block, chunk, scales, a0);
        if (TWidth.Count > 1) Put(s, 1, block, chunk, scales, a1);
        if (TWidth.Count <= 2) return;
        Put(s, 2, block, chunk, scales, a2);
        Put(s, 3, block, chunk, scales, a3);
        if (TWidth.Count <= 4) return;
        Put(s, 4, block, chunk, scales, a4);
        Put(s, 5, block, chunk, scales, a5);
        Put(s, 6, block, chunk, scales, a6);
        Put(s, 7, block, chunk, scales, a7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Put(in ShortScores s, int row, int block, int chunk, Vector512<float> scales, Vector512<int> a)
    {
        var to = s.Scores(row, block);
        var score = Vector512.ConvertToSingle(a) * scales * Vector512.Create(*s.Scale(row, chunk));
        (chunk > 0 ? score + Vector512.Load(to) : score).Store(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Put<TWidth>(in ShortMix m, int group, int element, Vector512<int> a0, Vector512<int> a1, Vector512<int> a2,
        Vector512<int> a3, Vector512<int> a4, Vector512<int> a5, Vector512<int> a6, Vector512<int> a7)
        where TWidth : struct, IWidth
    {
        Put(m, 0, group, element, a0);
        if (TWidth.Count > 1) Put(m, 1, group, element, a1);
        if (TWidth.Count <= 2) return;
        Put(m, 2, group, element, a2);
        Put(m, 3, group, element, a3);
        if (TWidth.Count <= 4) return;
        Put(m, 4, group, element, a4);
        Put(m, 5, group, element, a5);
        Put(m, 6, group, element, a6);
        Put(m, 7, group, element, a7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Put(in ShortMix m, int row, int group, int element, Vector512<int> a)
    {
        var to = m.Mixed(row, element);
        var sum = Vector512.ConvertToSingle(a) * Vector512.Create(*m.Scale(row, group));
        (group > 0 ? Vector512.Load(to) + sum : sum).Store(to);
    }
}
