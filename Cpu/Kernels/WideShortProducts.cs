// Products of weights and activations in 14 bits for processors with AVX-512: two columns of 16 rows a vector.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Majlis.Cpu.Kernels;

static unsafe class WideShortProducts
{
    public static void Multiply(byte* w, int blocks, in PackedTile tile, float* y, long stride)
    {
        switch (tile.Width)
        {
            case 1: Rows<One>(w, blocks, tile, y, stride); break;
            case 2: Rows<Two>(w, blocks, tile, y, stride); break;
            case 4: Rows<Four>(w, blocks, tile, y, stride); break;
            default: Rows<Eight>(w, blocks, tile, y, stride); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Rows<TWidth>(byte* w, int blocks, in PackedTile tile, float* y, long stride) where TWidth : struct, IWidth
    {
        var x = tile.Shorts;
        var s = tile.ShortScales;
        Vector512<float> f0 = default, f1 = default, f2 = default, f3 = default, f4 = default, f5 = default, f6 = default, f7 = default;
        for (var b = 0; b < blocks; b++, w += 16, s += TWidth.Count)
        {
            Vector512<int> i0 = default, i1 = default, i2 = default, i3 = default, i4 = default, i5 = default, i6 = default, i7 = default;
            for (var k = 0; k < 16; k++, w += 64, x += TWidth.Count)
                Add<TWidth>(Vector512.Load((short*)w), x, ref i0, ref i1, ref i2, ref i3, ref i4, ref i5, ref i6, ref i7);
            var d = (Avx512F.ConvertToVector512Int32(Vector128.Load(w)) << 23).AsSingle();
            f0 = Scaled(i0, d, s[0], f0);
            if (TWidth.Count > 1) f1 = Scaled(i1, d, s[1], f1);
            if (TWidth.Count > 2) f2 = Scaled(i2, d, s[2], f2);
            if (TWidth.Count > 2) f3 = Scaled(i3, d, s[3], f3);
            if (TWidth.Count <= 4) continue;
            f4 = Scaled(i4, d, s[4], f4);
            f5 = Scaled(i5, d, s[5], f5);
            f6 = Scaled(i6, d, s[6], f6);
            f7 = Scaled(i7, d, s[7], f7);
        }
        Lanes.Store<TWidth>(y, stride, f0, f1, f2, f3, f4, f5, f6, f7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<TWidth>(Vector512<short> w, int* x, ref Vector512<int> i0, ref Vector512<int> i1, ref Vector512<int> i2,
        ref Vector512<int> i3, ref Vector512<int> i4, ref Vector512<int> i5, ref Vector512<int> i6, ref Vector512<int> i7)
        where TWidth : struct, IWidth
    {
        i0 += Pairs(w, x);
        if (TWidth.Count > 1) i1 += Pairs(w, x + 1);
        if (TWidth.Count > 2) i2 += Pairs(w, x + 2);
        if (TWidth.Count > 2) i3 += Pairs(w, x + 3);
        if (TWidth.Count <= 4) return;
        i4 += Pairs(w, x + 4);
        i5 += Pairs(w, x + 5);
        i6 += Pairs(w, x + 6);
        i7 += Pairs(w, x + 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Pairs(Vector512<short> w, int* x) => Avx512BW.MultiplyAddAdjacent(w, Vector512.Create(*x).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Scaled(Vector512<int> sums, Vector512<float> d, float scale, Vector512<float> f) =>
        Vector512.FusedMultiplyAdd(Avx512F.ConvertToVector512Single(sums), d * Vector512.Create(scale), f);
}
