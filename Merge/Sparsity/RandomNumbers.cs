// Random numbers by position: any element's number can be had at any time, in any order. Knows no masks.
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;

namespace Majlis.Merge.Sparsity;

/// <summary>SplitMix64 (https://doi.org/10.1145/2714064.2660195), whose state is a key plus the position times a constant.</summary>
sealed class RandomNumbers
{
    const ulong Golden = 0x9E3779B97F4A7C15;
    const ulong First = 0xBF58476D1CE4E5B9;
    const ulong Second = 0x94D049BB133111EB;

    readonly ulong key;

    /// <summary>A stream of its own for every seed, tensor and expert.</summary>
    public RandomNumbers(long seed, string tensor, int expert) => key = BinaryPrimitives.ReadUInt64LittleEndian(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}\n{expert}\n{tensor}"))));

    /// <summary>Sets the values to zero, from <paramref name="position"/> on, whose number is not below a limit in 0 .. 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Mask(long position, double limit, Span<double> values)
    {
        // n / 2^53 < limit is n < limit x 2^53 rounded up, since both products are exact.
        var most = Vector256.Create((long)Math.Ceiling(limit * (1UL << 53)));
        var places = Vector256.Create((ulong)position + 1) + Vector256.Create(0UL, 1, 2, 3);
        var state = Vector256.Create(key) + places * Vector256.Create(Golden);
        var i = 0;
        for (; i <= values.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            var below = Vector256.LessThan(Mix(state).AsInt64(), most).AsDouble();
            (Vector256.LoadUnsafe(ref values[i]) & below).StoreUnsafe(ref values[i]);
            state += Vector256.Create(unchecked(Golden * 4));
        }
        for (; i < values.Length; i++)
            if (At(position + i) >= limit) values[i] = 0;
    }

    /// <summary>The upper 53 bits of SplitMix64's output of each state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<ulong> Mix(Vector256<ulong> bits)
    {
        bits = (bits ^ bits >>> 30) * Vector256.Create(First);
        bits = (bits ^ bits >>> 27) * Vector256.Create(Second);
        return (bits ^ bits >>> 31) >>> 11;
    }

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double At(long position)
    {
        var bits = key + ((ulong)position + 1) * Golden;
        bits = (bits ^ bits >> 30) * First;
        bits = (bits ^ bits >> 27) * Second;
        return ((bits ^ bits >> 31) >> 11) * (1.0 / (1UL << 53));
    }
}
