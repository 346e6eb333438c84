// What the eight lanes of a vector come to, in one fixed order.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Majlis.Cpu.Kernels;

static class AcrossLanes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> x)
    {
        var quarter = x.GetLower() + x.GetUpper();
        quarter += Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1));
        return quarter.ToScalar() + quarter.GetElement(1);
    }

    /// <summary>The largest; anything where one is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector256<float> x)
    {
        var quarter = Vector128.MaxNative(x.GetLower(), x.GetUpper());
        quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    /// <summary>The number with the largest bits: those of sizes order as integers do, with NaN above infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LargestBits(Vector256<int> sizes)
    {
        var quarter = Vector128.Max(sizes.GetLower(), sizes.GetUpper());
        quarter = Vector128.Max(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
        quarter = Vector128.Max(quarter, Vector128.Shuffle(quarter, Vector128.Create(1, 0, 3, 2)));
        return BitConverter.Int32BitsToSingle(quarter.ToScalar());
    }
}
