// Products of weights and activations in 14 bits, two columns of eight rows a vector of 256 bits: what sums of 32 columns may hold, and the
// kernel for processors with AVX2.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Majlis.Cpu.Kernels;

static unsafe class ShortProducts
{
    /// <summary>The largest size of a weight's number: 32 * 8191 * 8191 is below 2^31.</summary>
    public const int WeightEnd = 8191;

    /// <summary>The largest size of an activation's number.</summary>
    public const int ActivationEnd = 8191;

    public static void Multiply(byte* w, int blocks, in PackedTile tile, float* y, long stride)
    {
        for (var half = 0; half < 2; half++)
            switch (tile.Width)
            {
                case 1: Rows<One>(w, half, blocks, tile, 0, y, stride); break;
                case 2: Rows<Two>(w, half, blocks, tile, 0, y, stride); break;
                default:
                    for (var from = 0; from < tile.Width; from += 4) Rows<Four>(w, half, blocks, tile, from, y, stride);
                    break;
            }
    }

    // Eight of the group's rows by up to four tokens.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Rows<TWidth>(byte* w, int half, int blocks, in PackedTile tile, int from, float* y, long stride)
        where TWidth : struct, IWidth
    {
        var x = tile.Shorts + from;
        var s = tile.ShortScales + from;
        var width = tile.Width;
        Vector256<float> f0 = default, f1 = default, f2 = default, f3 = default;
        for (var b = 0; b < blocks; b++, w += 16, s += width)
        {
            Vector256<int> i0 = default, i1 = default, i2 = default, i3 = default;
            for (var k = 0; k < 16; k++, w += 64, x += width)
            {
                var pair = Vector256.Load((short*)(w + 32 * half));
                i0 += Pairs(pair, x);
                if (TWidth.Count > 1) i1 += Pairs(pair, x + 1);
                if (TWidth.Count > 2) i2 += Pairs(pair, x + 2);
                if (TWidth.Count > 2) i3 += Pairs(pair, x + 3);
            }
            var d = (Avx2.ConvertToVector256Int32(w + 8 * half) << 23).AsSingle();
            f0 = Scaled(i0, d, s[0], f0);
            if (TWidth.Count > 1) f1 = Scaled(i1, d, s[1], f1);
            if (TWidth.Count > 2) f2 = Scaled(i2, d, s[2], f2);
            if (TWidth.Count > 2) f3 = Scaled(i3, d, s[3], f3);
        }
        y += from * stride + 8 * half;
        f0.Store(y);
        if (TWidth.Count > 1) f1.Store(y + stride);
        if (TWidth.Count <= 2) return;
        f2.Store(y + 2 * stride);
        f3.Store(y + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Pairs(Vector256<short> w, int* x) => Avx2.MultiplyAddAdjacent(w, Vector256.Create(*x).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Scaled(Vector256<int> sums, Vector256<float> d, float scale, Vector256<float> f) =>
        Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(sums), d * Vector256.Create(scale), f);
}
