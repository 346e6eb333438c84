// Values in 8 bits times shares in 7 bits, 16 elements by up to four rows at a time, in vectors of 256 bits.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Majlis.Cpu.Kernels;

static unsafe class ByteMixing
{
    public static void Run(in ValueMix mix)
    {
        for (var group = 0; group * 16 < mix.Padded; group++)
            switch (mix.Width)
            {
                case 1: Group<One>(mix, group, 0); break;
                case 2: Group<Two>(mix, group, 0); break;
                default:
                    for (var from = 0; from < mix.Width; from += 4) Group<Four>(mix, group, from);
                    break;
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Group<TWidth>(in ValueMix mix, int group, int from) where TWidth : struct, IWidth
    {
        var width = mix.Width;
        sbyte* p = mix.Shares + 32 * from;
        float* s = mix.Scales + from;
        Vector256<float> f0 = default, f1 = default, f2 = default, f3 = default, g0 = default, g1 = default, g2 = default, g3 = default;
        for (var pair = 0; pair < mix.Pairs; pair++, p += 32 * width, s += width)
        {
            if (!mix.Find(pair, group, out var one, out var other)) continue;
            Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            for (var k = 0; k < 8; k++)
            {
                var v = (k < 4 ? one : other) + (k & 3) * 64;
                var q = p + 4 * k;
                Dot<TWidth>(Vector256.Load(v), q, ref a0, ref a1, ref a2, ref a3);
                Dot<TWidth>(Vector256.Load(v + 32), q, ref b0, ref b1, ref b2, ref b3);
            }
            (f0, g0) = (Scaled(a0, s[0], f0), Scaled(b0, s[0], g0));
            if (TWidth.Count > 1) (f1, g1) = (Scaled(a1, s[1], f1), Scaled(b1, s[1], g1));
            if (TWidth.Count <= 2) continue;
            (f2, g2) = (Scaled(a2, s[2], f2), Scaled(b2, s[2], g2));
            (f3, g3) = (Scaled(a3, s[3], f3), Scaled(b3, s[3], g3));
        }
        Finish(mix, group, from, f0, g0);
        if (TWidth.Count > 1) Finish(mix, group, from + 1, f1, g1);
        if (TWidth.Count <= 2) return;
        Finish(mix, group, from + 2, f2, g2);
        Finish(mix, group, from + 3, f3, g3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Dot<TWidth>(Vector256<byte> values, sbyte* q, ref Vector256<int> a0, ref Vector256<int> a1, ref Vector256<int> a2,
        ref Vector256<int> a3) where TWidth : struct, IWidth
    {
        var v = values.AsSByte();
        a0 = Dot(a0, q, v);
        if (TWidth.Count > 1) a1 = Dot(a1, q + 32, v);
        if (TWidth.Count <= 2) return;
        a2 = Dot(a2, q + 64, v);
        a3 = Dot(a3, q + 96, v);
    }

    // Pairs stay within 16 bits: 2 * 127 * 127.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Dot(Vector256<int> sum, sbyte* q, Vector256<sbyte> v)
    {
        var quad = Vector256.Create(*(int*)q).AsByte();
        return AvxVnni.IsSupported ? AvxVnni.MultiplyWideningAndAdd(sum, quad, v)
            : sum + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(quad, v), Vector256.Create((short)1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Scaled(Vector256<int> sums, float scale, Vector256<float> f) =>
        Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(sums), Vector256.Create(scale), f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Finish(in ValueMix mix, int group, int row, Vector256<float> f, Vector256<float> g)
    {
        var to = mix.Mixed + row * mix.Padded + group * 16;
        f.Store(to);
        g.Store(to + 8);
    }
}
