// Integer products for processors with AVX-512. 8-bit weights go through AvxVnni where it is there (256 bits wide, no intermediate sums);
// 4-bit weights through 512-bit multiply-adds of bytes: eight of them, 8 * 2 * 15 * 127 = 30480, add up in 16 bits without overflow.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Majlis.Cpu.Weights;

namespace Majlis.Cpu.Kernels;

sealed unsafe class Avx512Products : Products
{
    public static bool IsSupported => Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx2Products.IsSupported;

    public override string Name => AvxVnni.IsSupported ? "AVX-512 and AVX-VNNI" : "AVX-512";

    public override void Mix(in ValueMix mix) => ByteMixing.Run(mix);

    public override void Scores(in ShortScores scores) => WideShortDots.Scores(scores);

    public override void Mix(in ShortMix mix) => WideShortDots.Mix(mix);

    public override void Shorts(byte* w, int blocks, in PackedTile tile, float* y, long stride) =>
        WideShortProducts.Multiply(w, blocks, tile, y, stride);

    public override void Integers(WeightFormat format, byte* w, int blocks, in PackedTile tile, float* y, long stride)
    {
        switch (tile.Width)
        {
            case 1: Multiply<One>(format, w, blocks, tile, y, stride); break;
            case 2: Multiply<Two>(format, w, blocks, tile, y, stride); break;
            case 4: Multiply<Four>(format, w, blocks, tile, y, stride); break;
            default: Multiply<Eight>(format, w, blocks, tile, y, stride); break;
        }
    }

    static void Multiply<TWidth>(WeightFormat format, byte* w, int blocks, in PackedTile tile, float* y, long stride)
        where TWidth : struct, IWidth
    {
        if (format == WeightFormat.Int4) Int4<TWidth>(w, blocks, tile, y, stride);
        else if (format == WeightFormat.Int4Min) Int4Min<TWidth>(w, blocks, tile, y, stride);
        else if (TWidth.Count <= 4) Int8<TWidth>(w, blocks, tile, 0, format.HasMinimum(), y, stride);
        else
        {
            // Twice the accumulators do not fit in the registers that VNNI's encoding reaches.
            Int8<Four>(w, blocks, tile, 0, format.HasMinimum(), y, stride);
            Int8<Four>(w, blocks, tile, 4, format.HasMinimum(), y + 4 * stride, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Int8<TWidth>(byte* w, int blocks, in PackedTile tile, int from, bool hasMinimum, float* y, long stride)
        where TWidth : struct, IWidth
    {
        var q = tile.Numbers + 4 * from;
        float* s = tile.Scales + from, m = tile.Sums + from;
        var c = tile.Minus128 + from;
        var width = tile.Width;
        Vector512<float> f0 = default, f1 = default, f2 = default, f3 = default;
        for (var b = 0; b < blocks; b++, w += hasMinimum ? 64 : 32, s += width, c += width, m += width)
        {
            Vector256<int> a0 = Bytes.Start(c[0]), a1 = default, a2 = default, a3 = default;
            if (TWidth.Count > 1) a1 = Bytes.Start(c[1]);
            if (TWidth.Count > 2) (a2, a3) = (Bytes.Start(c[2]), Bytes.Start(c[3]));
            Vector256<int> b0 = a0, b1 = a1, b2 = a2, b3 = a3;
            for (var k = 0; k < 8; k++, w += 64, q += 4 * width)
            {
                Bytes.Dot<TWidth>(Vector256.Load(w), q, ref a0, ref a1, ref a2, ref a3);
                Bytes.Dot<TWidth>(Vector256.Load(w + 32), q, ref b0, ref b1, ref b2, ref b3);
            }
            var d = Halves(w);
            f0 = Scaled(Join(a0, b0), d, s[0], f0);
            if (TWidth.Count > 1) f1 = Scaled(Join(a1, b1), d, s[1], f1);
            if (TWidth.Count > 2) f2 = Scaled(Join(a2, b2), d, s[2], f2);
            if (TWidth.Count > 2) f3 = Scaled(Join(a3, b3), d, s[3], f3);
            if (!hasMinimum) continue;
            var n = Halves(w + 32);
            f0 = Vector512.FusedMultiplyAdd(n, Vector512.Create(m[0]), f0);
            if (TWidth.Count > 1) f1 = Vector512.FusedMultiplyAdd(n, Vector512.Create(m[1]), f1);
            if (TWidth.Count > 2) f2 = Vector512.FusedMultiplyAdd(n, Vector512.Create(m[2]), f2);
            if (TWidth.Count > 2) f3 = Vector512.FusedMultiplyAdd(n, Vector512.Create(m[3]), f3);
        }
        Lanes.Store<TWidth>(y, stride, f0, f1, f2, f3, default, default, default, default);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Int4<TWidth>(byte* w, int blocks, in PackedTile tile, float* y, long stride) where TWidth : struct, IWidth
    {
        var q = tile.Numbers;
        var s = tile.Scales;
        var c = tile.Minus8;
        Vector512<float> f0 = default, f1 = default, f2 = default, f3 = default, f4 = default, f5 = default, f6 = default, f7 = default;
        for (var b = 0; b < blocks; b++, w += 288, q += 32 * TWidth.Count, s += TWidth.Count, c += TWidth.Count)
        {
            Vector512<short> i0 = default, i1 = default, i2 = default, i3 = default, i4 = default, i5 = default, i6 = default, i7 = default;
            Nibbles<TWidth>(w, q, ref i0, ref i1, ref i2, ref i3, ref i4, ref i5, ref i6, ref i7);
            var d = Halves(w + 256);
            f0 = Scaled(Pairs(i0) + Vector512.Create(c[0]), d, s[0], f0);
            if (TWidth.Count > 1) f1 = Scaled(Pairs(i1) + Vector512.Create(c[1]), d, s[1], f1);
            if (TWidth.Count > 2) f2 = Scaled(Pairs(i2) + Vector512.Create(c[2]), d, s[2], f2);
            if (TWidth.Count > 2) f3 = Scaled(Pairs(i3) + Vector512.Create(c[3]), d, s[3], f3);
            if (TWidth.Count <= 4) continue;
            f4 = Scaled(Pairs(i4) + Vector512.Create(c[4]), d, s[4], f4);
            f5 = Scaled(Pairs(i5) + Vector512.Create(c[5]), d, s[5], f5);
            f6 = Scaled(Pairs(i6) + Vector512.Create(c[6]), d, s[6], f6);
            f7 = Scaled(Pairs(i7) + Vector512.Create(c[7]), d, s[7], f7);
        }
        Lanes.Store<TWidth>(y, stride, f0, f1, f2, f3, f4, f5, f6, f7);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Int4Min<TWidth>(byte* w, int blocks, in PackedTile tile, float* y, long stride) where TWidth : struct, IWidth
    {
        var q = tile.Numbers;
        float* s = tile.Scales, m = tile.Sums;
        Vector512<float> f0 = default, f1 = default, f2 = default, f3 = default, f4 = default, f5 = default, f6 = default, f7 = default;
        for (var b = 0; b < blocks; b++, w += 320, q += 32 * TWidth.Count, s += TWidth.Count, m += TWidth.Count)
        {
            Vector512<short> i0 = default, i1 = default, i2 = default, i3 = default, i4 = default, i5 = default, i6 = default, i7 = default;
            Nibbles<TWidth>(w, q, ref i0, ref i1, ref i2, ref i3, ref i4, ref i5, ref i6, ref i7);
            var (d, n) = (Halves(w + 256), Halves(w + 288));
            f0 = Shifted(i0, d, n, s[0], m[0], f0);
            if (TWidth.Count > 1) f1 = Shifted(i1, d, n, s[1], m[1], f1);
            if (TWidth.Count > 2) f2 = Shifted(i2, d, n, s[2], m[2], f2);
            if (TWidth.Count > 2) f3 = Shifted(i3, d, n, s[3], m[3], f3);
            if (TWidth.Count <= 4) continue;
            f4 = Shifted(i4, d, n, s[4], m[4], f4);
            f5 = Shifted(i5, d, n, s[5], m[5], f5);
            f6 = Shifted(i6, d, n, s[6], m[6], f6);
            f7 = Shifted(i7, d, n, s[7], m[7], f7);
        }
        Lanes.Store<TWidth>(y, stride, f0, f1, f2, f3, f4, f5, f6, f7);
    }

    // 32 columns of 16 rows: the low halves of the bytes are columns 0..15, the high ones 16..31.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Nibbles<TWidth>(byte* w, sbyte* q, ref Vector512<short> i0, ref Vector512<short> i1, ref Vector512<short> i2,
        ref Vector512<short> i3, ref Vector512<short> i4, ref Vector512<short> i5, ref Vector512<short> i6, ref Vector512<short> i7)
        where TWidth : struct, IWidth
    {
        var low = Vector512.Create((byte)15);
        for (var k = 0; k < 4; k++, w += 64, q += 4 * TWidth.Count)
        {
            var both = Vector512.Load(w);
            Add<TWidth>(both & low, q, ref i0, ref i1, ref i2, ref i3, ref i4, ref i5, ref i6, ref i7);
            var high = (both.AsUInt16() >>> 4).AsByte() & low;
            Add<TWidth>(high, q + 16 * TWidth.Count, ref i0, ref i1, ref i2, ref i3, ref i4, ref i5, ref i6, ref i7);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<TWidth>(Vector512<byte> w, sbyte* q, ref Vector512<short> i0, ref Vector512<short> i1, ref Vector512<short> i2,
        ref Vector512<short> i3, ref Vector512<short> i4, ref Vector512<short> i5, ref Vector512<short> i6, ref Vector512<short> i7)
        where TWidth : struct, IWidth
    {
        i0 += Avx512BW.MultiplyAddAdjacent(w, Quad(q));
        if (TWidth.Count > 1) i1 += Avx512BW.MultiplyAddAdjacent(w, Quad(q + 4));
        if (TWidth.Count > 2) i2 += Avx512BW.MultiplyAddAdjacent(w, Quad(q + 8));
        if (TWidth.Count > 2) i3 += Avx512BW.MultiplyAddAdjacent(w, Quad(q + 12));
        if (TWidth.Count <= 4) return;
        i4 += Avx512BW.MultiplyAddAdjacent(w, Quad(q + 16));
        i5 += Avx512BW.MultiplyAddAdjacent(w, Quad(q + 20));
        i6 += Avx512BW.MultiplyAddAdjacent(w, Quad(q + 24));
        i7 += Avx512BW.MultiplyAddAdjacent(w, Quad(q + 28));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<sbyte> Quad(sbyte* q) => Vector512.Create(*(int*)q).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Pairs(Vector512<short> sums) => Avx512BW.MultiplyAddAdjacent(sums, Vector512.Create((short)1));

    // Vector512.Create(low, high) becomes two insertions; this one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Join(Vector256<int> low, Vector256<int> high) => Avx512F.InsertVector256(low.ToVector512Unsafe(), high, 1);

    // Sixteen fp16 numbers as fp32, too small by PackedRows.HalfFactor, which the activations' scale makes up for.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Halves(byte* w) => ((Avx512F.ConvertToVector512Int32(Vector256.Load((short*)w)) << 13)
        & Vector512.Create(unchecked((int)0x8FFFE000))).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Scaled(Vector512<int> sums, Vector512<float> d, float scale, Vector512<float> f) =>
        Vector512.FusedMultiplyAdd(Avx512F.ConvertToVector512Single(sums), d * Vector512.Create(scale), f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Shifted(Vector512<short> sums, Vector512<float> d, Vector512<float> n, float scale, float sum,
        Vector512<float> f) => Vector512.FusedMultiplyAdd(n, Vector512.Create(sum), Scaled(Pairs(sums), d, scale, f));
}
