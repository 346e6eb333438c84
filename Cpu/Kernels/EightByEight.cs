// Eight vectors of eight 32-bit numbers, as the rows of a square: its columns, and what each row comes to.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Majlis.Cpu.Kernels;

static unsafe class EightByEight
{
    /// <summary>Writes the columns one after another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d, Vector256<int> e, Vector256<int> f,
        Vector256<int> g, Vector256<int> h, int* to)
    {
        Quarters(a, b, c, d, out var low0, out var low1, out var low2, out var low3);
        Quarters(e, f, g, h, out var high0, out var high1, out var high2, out var high3);
        Avx2.Permute2x128(low0, high0, 0x20).Store(to);
        Avx2.Permute2x128(low1, high1, 0x20).Store(to + 8);
        Avx2.Permute2x128(low2, high2, 0x20).Store(to + 16);
        Avx2.Permute2x128(low3, high3, 0x20).Store(to + 24);
        Avx2.Permute2x128(low0, high0, 0x31).Store(to + 32);
        Avx2.Permute2x128(low1, high1, 0x31).Store(to + 40);
        Avx2.Permute2x128(low2, high2, 0x31).Store(to + 48);
        Avx2.Permute2x128(low3, high3, 0x31).Store(to + 56);
    }

    /// <summary>The sum of each row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Sums(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d, Vector256<int> e,
        Vector256<int> f, Vector256<int> g, Vector256<int> h)
    {
        var low = Avx2.HorizontalAdd(Avx2.HorizontalAdd(a, b), Avx2.HorizontalAdd(c, d));
        var high = Avx2.HorizontalAdd(Avx2.HorizontalAdd(e, f), Avx2.HorizontalAdd(g, h));
        return Avx2.Permute2x128(low, high, 0x20) + Avx2.Permute2x128(low, high, 0x31);
    }

    /// <summary>The largest number of each row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Largest(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d, Vector256<int> e,
        Vector256<int> f, Vector256<int> g, Vector256<int> h)
    {
        var low = LargerPairs(Larger(a, b), Larger(c, d));
        var high = LargerPairs(Larger(e, f), Larger(g, h));
        return Vector256.Max(Avx2.Permute2x128(low, high, 0x20), Avx2.Permute2x128(low, high, 0x31));
    }

    // Columns 0..3 of four rows in the lower halves, 4..7 in the upper ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Quarters(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d, out Vector256<int> column0,
        out Vector256<int> column1, out Vector256<int> column2, out Vector256<int> column3)
    {
        Vector256<long> ab = Avx2.UnpackLow(a, b).AsInt64(), cd = Avx2.UnpackLow(c, d).AsInt64();
        Vector256<long> abHigh = Avx2.UnpackHigh(a, b).AsInt64(), cdHigh = Avx2.UnpackHigh(c, d).AsInt64();
        column0 = Avx2.UnpackLow(ab, cd).AsInt32();
        column1 = Avx2.UnpackHigh(ab, cd).AsInt32();
        column2 = Avx2.UnpackLow(abHigh, cdHigh).AsInt32();
        column3 = Avx2.UnpackHigh(abHigh, cdHigh).AsInt32();
    }

    // The larger ones of neighbours of two rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Larger(Vector256<int> a, Vector256<int> b) => Vector256.Max(Avx2.UnpackLow(a, b), Avx2.UnpackHigh(a, b));

    // The same of neighbouring pairs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> LargerPairs(Vector256<int> a, Vector256<int> b) =>
        Vector256.Max(Avx2.UnpackLow(a.AsInt64(), b.AsInt64()).AsInt32(), Avx2.UnpackHigh(a.AsInt64(), b.AsInt64()).AsInt32());
}
