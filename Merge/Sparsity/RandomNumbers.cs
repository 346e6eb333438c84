// Random numbers by position: any element's number can be had at any time, in any order. Knows no masks.
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Majlis.Merge.Sparsity;

/// <summary>SplitMix64 (https://doi.org/10.1145/2714064.2660195), whose state is a key plus the position times a constant.</summary>
sealed class RandomNumbers
{
    const ulong Golden = 0x9E3779B97F4A7C15;

    readonly ulong key;

    /// <summary>A stream of its own for every seed, tensor and expert.</summary>
    public RandomNumbers(long seed, string tensor, int expert) => key = BinaryPrimitives.ReadUInt64LittleEndian(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}\n{expert}\n{tensor}"))));

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double At(long position)
    {
        var bits = key + ((ulong)position + 1) * Golden;
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB;
        return ((bits ^ bits >> 31) >> 11) * (1.0 / (1UL << 53));
    }
}
