// Rounds fp32 numbers to integers of up to 16 bits with one scale. A number that is not finite becomes anything; its scale must tell.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Majlis.Cpu.Kernels;

static unsafe class ShortRounding
{
    /// <summary>Numbers that are rounded at a time.</summary>
    public const int Columns = 64;

    /// <summary>The largest size among <paramref name="count"/> numbers; NaN where there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Largest<T>(float* from, int count) where T : struct, IFloats<T>
    {
        var most = T.All(0);
        var i = 0;
        for (; i <= count - 16; i += 16) most = T.MaxSize(most, T.Load(from + i));
        if (i == count) return most.LargestOrNaN();
        var rest = stackalloc float[16];
        for (var k = 0; k < 16; k++) rest[k] = i + k < count ? from[i + k] : 0;
        return T.MaxSize(most, T.Load(rest)).LargestOrNaN();
    }

    /// <summary>
    /// to[i] = from[i] * <paramref name="factor"/> for up to 64 numbers, to the nearest, the even one of two; 0 in the rest of the 64.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round<T>(float* from, int count, float factor, short* to) where T : struct, IFloats<T>
    {
        var padded = stackalloc float[Columns];
        if (count < Columns)
        {
            for (var k = 0; k < Columns; k++) padded[k] = k < count ? from[k] : 0;
            from = padded;
        }
        for (var i = 0; i < Columns; i += 16) (T.Load(from + i) * T.All(factor)).ToShorts().Store(to + i);
    }

    /// <summary>The scale of numbers whose largest, <paramref name="most"/>, becomes <paramref name="end"/>; NaN if not finite.</summary>
    public static float Scale(float most, int end) => float.IsFinite(most) ? most / end : float.NaN;

    /// <summary>What such numbers are multiplied by before they are rounded.</summary>
    public static float Factor(float most, int end) => most > 0 ? end / most : 0;
}
