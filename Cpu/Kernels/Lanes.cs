// Small steps that the kernels share, inlined into them.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Majlis.Cpu.Kernels;

static unsafe class Lanes
{
    /// <summary>Sixteen accumulators of one kernel: eight tokens by 16 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd<TWidth>(Vector512<float> w, float* x, ref Vector512<float> a0, ref Vector512<float> a1,
        ref Vector512<float> a2, ref Vector512<float> a3, ref Vector512<float> a4, ref Vector512<float> a5, ref Vector512<float> a6,
        ref Vector512<float> a7) where TWidth : struct, IWidth
    {
        a0 = Vector512.FusedMultiplyAdd(w, Vector512.Create(x[0]), a0);
        if (TWidth.Count > 1) a1 = Vector512.FusedMultiplyAdd(w, Vector512.Create(x[1]), a1);
        if (TWidth.Count > 2)
        {
            a2 = Vector512.FusedMultiplyAdd(w, Vector512.Create(x[2]), a2);
            a3 = Vector512.FusedMultiplyAdd(w, Vector512.Create(x[3]), a3);
        }
        if (TWidth.Count <= 4) return;
        a4 = Vector512.FusedMultiplyAdd(w, Vector512.Create(x[4]), a4);
        a5 = Vector512.FusedMultiplyAdd(w, Vector512.Create(x[5]), a5);
        a6 = Vector512.FusedMultiplyAdd(w, Vector512.Create(x[6]), a6);
        a7 = Vector512.FusedMultiplyAdd(w, Vector512.Create(x[7]), a7);
    }

    /// <summary>Stores the accumulators of a tile's tokens, <paramref name="stride"/> apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TWidth>(float* y, long stride, Vector512<float> a0, Vector512<float> a1, Vector512<float> a2,
        Vector512<float> a3, Vector512<float> a4, Vector512<float> a5, Vector512<float> a6, Vector512<float> a7)
        where TWidth : struct, IWidth
    {
        a0.Store(y);
        if (TWidth.Count > 1) a1.Store(y + stride);
        if (TWidth.Count > 2)
        {
            a2.Store(y + 2 * stride);
            a3.Store(y + 3 * stride);
        }
        if (TWidth.Count <= 4) return;
        a4.Store(y + 4 * stride);
        a5.Store(y + 5 * stride);
        a6.Store(y + 6 * stride);
        a7.Store(y + 7 * stride);
    }

    /// <summary>The largest of sixteen numbers; anything when one of them is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector512<float> x)
    {
        var half = Vector256.MaxNative(x.GetLower(), x.GetUpper());
        var quarter = Vector128.MaxNative(half.GetLower(), half.GetUpper());
        quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
