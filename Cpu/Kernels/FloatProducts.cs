// Products of fp32 and fp16 weights by fp32 activations. Vectors of 512 bits, which .NET splits where the processor has shorter ones.
// Even and odd columns have accumulators of their own: one chain of additions would wait for itself.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Cpu.Weights;

namespace Majlis.Cpu.Kernels;

static unsafe class FloatProducts
{
    public static void Multiply(WeightFormat format, byte* w, int blocks, in PackedTile tile, float* y, long stride)
    {
        switch (tile.Width)
        {
            case 1: Multiply<One>(format, w, blocks, tile.Floats, y, stride); break;
            case 2: Multiply<Two>(format, w, blocks, tile.Floats, y, stride); break;
            case 4: Multiply<Four>(format, w, blocks, tile.Floats, y, stride); break;
            default: Multiply<Eight>(format, w, blocks, tile.Floats, y, stride); break;
        }
    }

    static void Multiply<TWidth>(WeightFormat format, byte* w, int blocks, float* x, float* y, long stride) where TWidth : struct, IWidth
    {
        if (format == WeightFormat.F32) Columns<TWidth, Float32Pair>(w, blocks * 16, x, y, stride);
        else Columns<TWidth, Float16Pair>(w, blocks * 16, x, y, stride);
    }

    // Columns come in pairs; x is [column][token].
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Columns<TWidth, TPair>(byte* w, int pairs, float* x, float* y, long stride)
        where TWidth : struct, IWidth where TPair : struct, IPair
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
        for (var k = 0; k < pairs; k++, w += TPair.Bytes, x += 2 * TWidth.Count)
        {
            var (even, odd) = TPair.Load(w);
            Lanes.MultiplyAdd<TWidth>(even, x, ref a0, ref a1, ref a2, ref a3, ref a4, ref a5, ref a6, ref a7);
            Lanes.MultiplyAdd<TWidth>(odd, x + TWidth.Count, ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
        }
        Lanes.Store<TWidth>(y, stride, a0 + b0, a1 + b1, a2 + b2, a3 + b3, a4 + b4, a5 + b5, a6 + b6, a7 + b7);
    }
}

/// <summary>Two neighbouring columns of 16 rows.</summary>
interface IPair
{
    static abstract int Bytes { get; }
    static abstract unsafe (Vector512<float> Even, Vector512<float> Odd) Load(byte* w);
}

readonly struct Float32Pair : IPair
{
    public static int Bytes => 128;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe (Vector512<float> Even, Vector512<float> Odd) Load(byte* w) =>
        (Vector512.Load((float*)w), Vector512.Load((float*)w + 16));
}

readonly struct Float16Pair : IPair
{
    public static int Bytes => 64;

    // The bits of a finite fp16, shifted into an fp32's place, are too small by 2^112.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe (Vector512<float> Even, Vector512<float> Odd) Load(byte* w)
    {
        var (both, bits) = (Vector512.Load((int*)w), Vector512.Create(unchecked((int)0x8FFFE000)));
        return (((both << 16 >> 3) & bits).AsSingle() * PackedRows.HalfFactor, ((both >> 3) & bits).AsSingle() * PackedRows.HalfFactor);
    }
}
