// Rounds the rows of a whole tile, eight tokens, together: their scales and sums are a vector, and their numbers come to their places in
// whole vectors. Every number is the one that RowPacking writes token by token.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Majlis.Cpu.Kernels;

static unsafe class TilePacking
{
    const int BlockColumns = 32;

    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>
    /// Rounds blocks <paramref name="first"/> to <paramref name="end"/> - 1 of eight rows, <paramref name="stride"/> floats apart, to 8
    /// bits.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Quantise<T>(in PackedTile tile, float* row, long stride, int first, int end) where T : struct, IFloats<T>
    {
        var inverses = stackalloc float[8];
        for (var b = first; b < end; b++)
        {
            var from = row + b * BlockColumns;
            var most = Largest<T>(from, stride);
            Factors(most, 127).Store(inverses);
            var q0 = Bytes<T>(from, inverses[0]);
            var q1 = Bytes<T>(from + stride, inverses[1]);
            var q2 = Bytes<T>(from + 2 * stride, inverses[2]);
            var q3 = Bytes<T>(from + 3 * stride, inverses[3]);
            var q4 = Bytes<T>(from + 4 * stride, inverses[4]);
            var q5 = Bytes<T>(from + 5 * stride, inverses[5]);
            var q6 = Bytes<T>(from + 6 * stride, inverses[6]);
            var q7 = Bytes<T>(from + 7 * stride, inverses[7]);
            EightByEight.Store(q0, q1, q2, q3, q4, q5, q6, q7, (int*)tile.Numbers + b * 64);
            var sums = EightByEight.Sums(Quads(q0), Quads(q1), Quads(q2), Quads(q3), Quads(q4), Quads(q5), Quads(q6), Quads(q7));
            var scales = most / Vector256.Create(127f) * Vector256.Create(PackedRows.HalfFactor);
            scales.Store(tile.Scales + b * 8);
            (scales * Vector256.ConvertToSingle(sums)).Store(tile.Sums + b * 8);
            (sums * Vector256.Create(-128)).Store(tile.Minus128 + b * 8);
            (sums * Vector256.Create(-8)).Store(tile.Minus8 + b * 8);
        }
    }

    /// <summary>The same in 14 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Shorten<T>(in PackedTile tile, float* row, long stride, int first, int end) where T : struct, IFloats<T>
    {
        var factors = stackalloc float[8];
        for (var b = first; b < end; b++)
        {
            var from = row + b * BlockColumns;
            var most = Largest<T>(from, stride);
            Factors(most, ShortProducts.ActivationEnd).Store(factors);
            for (var half = 0; half < 2; half++, from += 16)
                EightByEight.Store(Shorts<T>(from, factors[0]), Shorts<T>(from + stride, factors[1]),
                    Shorts<T>(from + 2 * stride, factors[2]), Shorts<T>(from + 3 * stride, factors[3]),
                    Shorts<T>(from + 4 * stride, factors[4]), Shorts<T>(from + 5 * stride, factors[5]),
                    Shorts<T>(from + 6 * stride, factors[6]), Shorts<T>(from + 7 * stride, factors[7]), tile.Shorts + b * 128 + half * 64);
            var isFinite = Vector256.LessThan(most, Vector256.Create(float.PositiveInfinity));
            Vector256.ConditionalSelect(isFinite, most / Vector256.Create((float)ShortProducts.ActivationEnd), Vector256.Create(float.NaN))
                .Store(tile.ShortScales + b * 8);
        }
    }

    // The largest size of each row's 32 numbers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Largest<T>(float* from, long stride) where T : struct, IFloats<T> =>
        EightByEight.Largest(Sizes<T>(from), Sizes<T>(from + stride), Sizes<T>(from + 2 * stride), Sizes<T>(from + 3 * stride),
            Sizes<T>(from + 4 * stride), Sizes<T>(from + 5 * stride), Sizes<T>(from + 6 * stride), Sizes<T>(from + 7 * stride)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Sizes<T>(float* from) where T : struct, IFloats<T> => T.MaxSize(T.Load(from), T.Load(from + 16)).LargerHalves();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Factors(Vector256<float> most, float end) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(most, Vector256<float>.Zero), Vector256.Create(end) / most,
            Vector256<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Bytes<T>(float* from, float inverse) where T : struct, IFloats<T> =>
        ByteRounding.Bytes(T.Load(from) * T.All(inverse), T.Load(from + 16) * T.All(inverse)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Shorts<T>(float* from, float factor) where T : struct, IFloats<T> =>
        (T.Load(from) * T.All(factor)).ToShorts().AsInt32();

    // Sums of four bytes each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Quads(Vector256<int> bytes) => Avx2.MultiplyAddAdjacent(
        Avx2.MultiplyAddAdjacent(Vector256<byte>.One, bytes.AsSByte()), Vector256<short>.One);
}
