// Rounds 32 fp32 numbers to signed bytes. A number that is not finite becomes anything between -127 and 127; its scale must tell.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Majlis.Cpu.Kernels;

static class ByteRounding
{
    /// <summary>The largest size among 32 numbers; NaN where there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest<T>(T low, T high) where T : struct, IFloats<T> => T.MaxSize(low, high).LargestOrNaN();

    /// <summary>To the nearest, the even one of two, within -127..127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<sbyte> Bytes<T>(T low, T high) where T : struct, IFloats<T> =>
        Vector256.Max(Vector256.NarrowWithSaturation(low.ToShorts(), high.ToShorts()), Vector256.Create((sbyte)-127));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Vector256<sbyte> bytes)
    {
        if (Avx2.IsSupported)
        {
            var pairs = Avx2.MultiplyAddAdjacent(Vector256<byte>.One, bytes);
            return Vector256.Sum(Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One));
        }
        var (low, high) = Vector256.Widen(bytes);
        var (first, second) = Vector256.Widen(low + high);
        return Vector256.Sum(first + second);
    }
}
