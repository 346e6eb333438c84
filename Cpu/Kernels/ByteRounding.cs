// Rounds 32 fp32 numbers to signed bytes. A number that is not finite becomes anything between -127 and 127; its scale must tell.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Majlis.Cpu.Kernels;

static class ByteRounding
{
    /// <summary>The largest size among 32 numbers; NaN where there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector512<float> low, Vector512<float> high)
    {
        // The bits of |x| order as integers do, with NaN above infinity.
        var all = Vector512.Max(Vector512.Abs(low).AsInt32(), Vector512.Abs(high).AsInt32());
        var half = Vector256.Max(all.GetLower(), all.GetUpper());
        var quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        quarter = Vector128.Max(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
        quarter = Vector128.Max(quarter, Vector128.Shuffle(quarter, Vector128.Create(1, 0, 3, 2)));
        return BitConverter.Int32BitsToSingle(quarter.ToScalar());
    }

    /// <summary>To the nearest, the even one of two, within -127..127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Whole(Vector512<float> x)
    {
        var limit = Vector512.Create(127f);
        return Vector512.ConvertToInt32Native(Vector512.Round(Vector512.MinNative(Vector512.MaxNative(x, -limit), limit)));
    }

    /// <summary>32 numbers of <see cref="Whole"/>, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<sbyte> Bytes(Vector512<int> low, Vector512<int> high) => Vector256.Narrow(
        Vector256.Narrow(low.GetLower(), low.GetUpper()), Vector256.Narrow(high.GetLower(), high.GetUpper()));
}
