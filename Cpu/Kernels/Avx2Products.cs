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

    public override void Shorts(byte* w, int blocks, in PackedTile tile, float* y, long stride) =>
        ShortProducts.Multiply(w, blocks, tile, y, stride);

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
        var width = tile.Width;
        var sums = stackalloc Vector256<float>[8];
        for (var i = 0; i < 8; i++) sums[i] = default;
        for (var b = 0; b < blocks; b++, w += hasMinimum ? 64 : 32, s += width, c += width, m += width)
        {
            // a are rows 0..7, b rows 8..15, of up to four tokens.
            Vector256<short> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            Nibbles<TWidth>(ref w, ref q, width, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
            Finish<TWidth>(sums, a0, a1, a2, a3, w, hasMinimum, s, c, m);
            Finish<TWidth>(sums + 4, b0, b1, b2, b3, w + 16, hasMinimum, s, c, m);
        }
        Store<TWidth>(sums, y, stride);
    }

    // 32 columns of 16 rows: the low halves of the bytes are columns 0..15, the high ones 16..31. Eight products add up in 16 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Nibbles<TWidth>(ref byte* w, ref sbyte* q, int width, ref Vector256<short> a0, ref Vector256<short> a1,
        ref Vector256<short> a2, ref Vector256<short> a3, ref Vector256<short> b0, ref Vector256<short> b1, ref Vector256<short> b2,
        ref Vector256<short> b3) where TWidth : struct, IWidth
    {
        var low = Vector256.Create((byte)15);
        var high = q + 16 * width;
        for (var k = 0; k < 4; k++, w += 64, q += 4 * width, high += 4 * width)
        {
            Vector256<byte> a = Vector256.Load(w), b = Vector256.Load(w + 32);
            Add<TWidth>(a & low, b & low, q, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
            (a, b) = ((a.AsUInt16() >>> 4).AsByte() & low, (b.AsUInt16() >>> 4).AsByte() & low);
            Add<TWidth>(a, b, high, ref a0, ref a1, ref a2, ref a3, ref b0, ref b1, ref b2, ref b3);
        }
        q = high;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add<TWidth>(Vector256<byte> a, Vector256<byte> b, sbyte* q, ref Vector256<short> a0, ref Vector256<short> a1,
        ref Vector256<short> a2, ref Vector256<short> a3, ref Vector256<short> b0, ref Vector256<short> b1, ref Vector256<short> b2,
        ref Vector256<short> b3) where TWidth : struct, IWidth
    {
        Add(a, b, Quad(q), ref a0, ref b0);
        if (TWidth.Count > 1) Add(a, b, Quad(q + 4), ref a1, ref b1);
        if (TWidth.Count <= 2) return;
        Add(a, b, Quad(q + 8), ref a2, ref b2);
        Add(a, b, Quad(q + 12), ref a3, ref b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Add(Vector256<byte> a, Vector256<byte> b, Vector256<sbyte> quad, ref Vector256<short> sumA, ref Vector256<short> sumB)
    {
        sumA += Avx2.MultiplyAddAdjacent(a, quad);
        sumB += Avx2.MultiplyAddAdjacent(b, quad);
    }

    // A block's sums of eight rows, scaled, and their minima.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Finish<TWidth>(Vector256<float>* sums, Vector256<short> i0, Vector256<short> i1, Vector256<short> i2, Vector256<short> i3,
        byte* scales, bool hasMinimum, float* s, int* c, float* m) where TWidth : struct, IWidth
    {
        var d = Halves(scales);
        if (hasMinimum)
        {
            var n = Halves(scales + 32);
            sums[0] = Shifted(i0, d, n, s[0], m[0], sums[0]);
            if (TWidth.Count > 1) sums[1] = Shifted(i1, d, n, s[1], m[1], sums[1]);
            if (TWidth.Count <= 2) return;
            sums[2] = Shifted(i2, d, n, s[2], m[2], sums[2]);
            sums[3] = Shifted(i3, d, n, s[3], m[3], sums[3]);
            return;
        }
        sums[0] = Scaled(Pairs(i0) + Vector256.Create(c[0]), d, s[0], sums[0]);
        if (TWidth.Count > 1) sums[1] = Scaled(Pairs(i1) + Vector256.Create(c[1]), d, s[1], sums[1]);
        if (TWidth.Count <= 2) return;
        sums[2] = Scaled(Pairs(i2) + Vector256.Create(c[2]), d, s[2], sums[2]);
        sums[3] = Scaled(Pairs(i3) + Vector256.Create(c[3]), d, s[3], sums[3]);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Shifted(Vector256<short> sums, Vector256<float> d, Vector256<float> n, float scale, float sum,
        Vector256<float> f) => Vector256.FusedMultiplyAdd(n, Vector256.Create(sum), Scaled(Pairs(sums), d, scale, f));
}
