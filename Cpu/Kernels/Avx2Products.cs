// Integer products for processors with AVX2: a group's 16 rows are two vectors. With AvxVnni one instruction multiplies and adds four
// bytes.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Majlis.Cpu.Weights;

namespace Majlis.Cpu.Kernels;

sealed unsafe class Avx2Products : Products
{
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    public override string Name => AvxVnni.IsSupported ? "AVX2 and AVX-VNNI" : "AVX2";

    public override void Mix(in ValueMix mix) => ByteMixing.Run(mix);

    public override void Scores(in ShortScores scores) => ShortDots.Scores(scores);

    public override void Mix(in ShortMix mix) => ShortDots.Mix(mix);

    public override void Integers(WeightFormat format, byte* w, int blocks, in PackedTile tile, float* y, long stride)
    {
        switch (tile.Width)
        {
            case 1: Multiply<One>(format, w, blocks, tile, 0, y, stride); break;
            case 2: Multiply<Two>(format, w, blocks, tile, 0, y, stride); break;
            default:
                for (var from = 0; from < tile.Width; from += 4)
                    Multiply<Four>(format, w, blocks, tile, from, y + from * stride, stride);
                break;
        }
    }

    static void Multiply<TWidth>(WeightFormat format, byte* w, int blocks, in PackedTile tile, int from, float* y, long stride)
        where TWidth : struct, IWidth
    {
        if (format.HasBytes()) Int8<TWidth>(w, blocks, tile, from, format.HasMinimum(), y, stride);
        else Int4<TWidth>(w, blocks, tile, from, format.HasMinimum(), y, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Int8<TWidth>(byte* w, int blocks, in PackedTile tile, int from, bool hasMinimum, float* y, long stride)
        where TWidth : struct, IWidth
    {
        var q = tile.Numbers + 4 * from;
        float* s = tile.Scales + from, m = tile.Sums + from;
        var c = tile.Minus128 + from;
        var width = tile.Width;
        var sums = stackalloc Vector256<float>[8];
        for (var i = 0; i < 8; i++) sums[i] = default;
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
            Add<TWidth>(sums, Halves(w), s, a0, a1, a2, a3);
            Add<TWidth>(sums + 4, Halves(w + 16), s, b0, b1, b2, b3);
            if (!hasMinimum) continue;
            Minima<TWidth>(sums, Halves(w + 32), m);
            Minima<TWidth>(sums + 4, Halves(w + 48), m);
        }
        Store<TWidth>(sums, y, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Int4<TWidth>(byte* w, int blocks, in PackedTile tile, int from, bool hasMinimum, float* y, long stride)
        where TWidth : struct, IWidth
    {
        var q = tile.Numbers + 4 * from;
        float* s = tile.Scales + from, m = tile.Sums + from;
        var c = tile.Minus8 + from;
        var (width, bytes) = (tile.Width, hasMinimum ? 320 : 288);
        var sums = stackalloc Vector256<float>[8];
        for (var i = 0; i < 8; i++) sums[i] = default;
        for (var b = 0; b < blocks; b++, w += bytes, q += 32 * width, s += width, c += width, m += width)
            for (var half = 0; half < 2; half++)
            {
                Vector256<short> i0 = default, i1 = default, i2 = default, i3 = default;
                Nibbles<TWidth>(w + 32 * half, q, width, ref i0, ref i1, ref i2, ref i3);
                Vector256<int> a0 = Pairs(i0), a1 = Pairs(i1), a2 = Pairs(i2), a3 = Pairs(i3);
                if (!hasMinimum) Shift<TWidth>(c, ref a0, ref a1, ref a2, ref a3);
                Add<TWidth>(sums + 4 * half, Halves(w + 256 + 16 * half), s, a0, a1, a2, a3);
                if (hasMinimum) Minima<TWidth>(sums + 4 * half, Halves(w + 288 + 16 * half), m);
            }
        Store<TWidth>(sums, y, stride);
    }

    // 32 columns of eight rows: the low halves of the bytes are columns 0..15, the high ones 16..31. Eight products add up in 16 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Nibbles<TWidth>(byte* w, sbyte* q, int width, ref Vector256<short> i0, ref Vector256<short> i1, ref Vector256<short> i2,
        ref Vector256<short> i3) where TWidth : struct, IWidth
    {
        var low = Vector256.Create((byte)15);
        for (var k = 0; k < 4; k++, w += 64, q += 4 * width)
        {
            var both = Vector256.Load(w);
            Add<TWidth>(both & low, q, ref i0, ref i1, ref i2, ref i3);
            Add<TWidth>((both.AsUInt16() >>> 4).AsByte() & low, q + 16 * width, ref i0, ref i1, ref i2, ref i3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<TWidth>(Vector256<byte> w, sbyte* q, ref Vector256<short> i0, ref Vector256<short> i1, ref Vector256<short> i2,
        ref Vector256<short> i3) where TWidth : struct, IWidth
    {
        i0 += Avx2.MultiplyAddAdjacent(w, Quad(q));
        if (TWidth.Count > 1) i1 += Avx2.MultiplyAddAdjacent(w, Quad(q + 4));
        if (TWidth.Count > 2) i2 += Avx2.MultiplyAddAdjacent(w, Quad(q + 8));
        if (TWidth.Count > 2) i3 += Avx2.MultiplyAddAdjacent(w, Quad(q + 12));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Shift<TWidth>(int* c, ref Vector256<int> a0, ref Vector256<int> a1, ref Vector256<int> a2, ref Vector256<int> a3)
        where TWidth : struct, IWidth
    {
        a0 += Vector256.Create(c[0]);
        if (TWidth.Count > 1) a1 += Vector256.Create(c[1]);
        if (TWidth.Count > 2) a2 += Vector256.Create(c[2]);
        if (TWidth.Count > 2) a3 += Vector256.Create(c[3]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<TWidth>(Vector256<float>* sums, Vector256<float> d, float* s, Vector256<int> a0, Vector256<int> a1, Vector256<int> a2,
        Vector256<int> a3) where TWidth : struct, IWidth
    {
        sums[0] = Scaled(a0, d, s[0], sums[0]);
        if (TWidth.Count > 1) sums[1] = Scaled(a1, d, s[1], sums[1]);
        if (TWidth.Count > 2) sums[2] = Scaled(a2, d, s[2], sums[2]);
        if (TWidth.Count > 2) sums[3] = Scaled(a3, d, s[3], sums[3]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Minima<TWidth>(Vector256<float>* sums, Vector256<float> n, float* m) where TWidth : struct, IWidth
    {
        for (var i = 0; i < TWidth.Count; i++) sums[i] = Vector256.FusedMultiplyAdd(n, Vector256.Create(m[i]), sums[i]);
    }

    static void Store<TWidth>(Vector256<float>* sums, float* y, long stride) where TWidth : struct, IWidth
    {
        for (var i = 0; i < TWidth.Count; i++)
        {
            sums[i].Store(y + i * stride);
            sums[4 + i].Store(y + i * stride + 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<sbyte> Quad(sbyte* q) => Vector256.Create(*(int*)q).AsSByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Pairs(Vector256<short> sums) => Avx2.MultiplyAddAdjacent(sums, Vector256.Create((short)1));

    // Eight fp16 numbers as fp32, too small by PackedRows.HalfFactor, which the activations' scale makes up for.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Halves(byte* w) => ((Avx2.ConvertToVector256Int32(Vector128.Load((short*)w)) << 13)
        & Vector256.Create(unchecked((int)0x8FFFE000))).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Scaled(Vector256<int> sums, Vector256<float> d, float scale, Vector256<float> f) =>
        Vector256.FusedMultiplyAdd(Avx.ConvertToVector256Single(sums), d * Vector256.Create(scale), f);
}
