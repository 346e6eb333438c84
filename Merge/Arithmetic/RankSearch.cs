// Finds numbers by their place in ascending order without sorting or holding them: counts the upper half of their bits, then the lower
// half of those that share the wanted upper half. Two walks over the numbers, whatever their count. Knows no tensors.
using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Majlis.Merge.Arithmetic;

/// <summary>A number with how many of the walked numbers are smaller.</summary>
readonly record struct RankedNumber(float Value, long Below);

/// <summary>Shows all numbers, chunk by chunk, the same each time: finite and not negative.</summary>
delegate void WalkNumbers(Action<ReadOnlySpan<float>> visit);

/// <summary>The search for the numbers at some ranks, 0 the smallest. Shown all numbers twice, it has found them.</summary>
sealed class RankSearch(params long[] ranks) : IDisposable
{
    const int LowBits = 15;
    const int LowMask = (1 << LowBits) - 1;

    // The bits of floats that are not negative have the order of the floats.
    readonly long[] upper = Counts(1 << (31 - LowBits));
    readonly (int Bin, long Below)[] places = new (int, long)[ranks.Length];
    int[] bins = [];
    long[][] lower = [];

    /// <summary>The numbers at these ranks, by two walks.</summary>
    public static RankedNumber[] Find(WalkNumbers walk, params long[] ranks)
    {
        using var search = new RankSearch(ranks);
        walk(search.CountUpper);
        search.Narrow();
        walk(search.CountLower);
        return search.Found();
    }

    /// <summary>Takes a chunk of the first walk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void CountUpper(ReadOnlySpan<float> numbers)
    {
        foreach (var bits in MemoryMarshal.Cast<float, int>(numbers)) upper[bits >> LowBits]++;
    }

    /// <summary>Between the walks.</summary>
    public void Narrow()
    {
        for (var i = 0; i < ranks.Length; i++) places[i] = Bin(upper, ranks[i]);
        bins = [.. places.Select(place => place.Bin).Distinct()];
        lower = [.. bins.Select(_ => Counts(1 << LowBits))];
    }

    /// <summary>Takes a chunk of the second walk.</summary>
    public void CountLower(ReadOnlySpan<float> numbers)
    {
        for (var i = 0; i < bins.Length; i++) CountLower(MemoryMarshal.Cast<float, int>(numbers), bins[i], lower[i]);
    }

    /// <summary>After both walks.</summary>
    public RankedNumber[] Found()
    {
        var found = new RankedNumber[ranks.Length];
        for (var i = 0; i < ranks.Length; i++)
        {
            var (bin, below) = places[i];
            var (low, belowInBin) = Bin(lower[Array.IndexOf(bins, bin)], ranks[i] - below);
            found[i] = new RankedNumber(BitConverter.Int32BitsToSingle(bin << LowBits | low), below + belowInBin);
        }
        return found;
    }

    public void Dispose()
    {
        foreach (var counts in (long[][])[upper, .. lower]) ArrayPool<long>.Shared.Return(counts);
    }

    // New arrays would be new pages each time, which cost more than the counting.
    static long[] Counts(int length)
    {
        var counts = ArrayPool<long>.Shared.Rent(length);
        Array.Clear(counts);
        return counts;
    }

    // Most numbers lie in other bins: eight of them are passed over at a time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CountLower(ReadOnlySpan<int> numbers, int bin, long[] counts)
    {
        var (wanted, i) = (Vector256.Create(bin), 0);
        for (; i <= numbers.Length - Vector256<int>.Count; i += Vector256<int>.Count)
        {
            var here = Vector256.Equals(Vector256.LoadUnsafe(in numbers[i]) >> LowBits, wanted).ExtractMostSignificantBits();
            for (; here != 0; here &= here - 1) counts[numbers[i + BitOperations.TrailingZeroCount(here)] & LowMask]++;
        }
        for (; i < numbers.Length; i++)
            if (numbers[i] >> LowBits == bin) counts[numbers[i] & LowMask]++;
    }

    static (int Bin, long Below) Bin(long[] counts, long rank)
    {
        var below = 0L;
        for (var bin = 0; bin < counts.Length; bin++)
        {
            if (rank < below + counts[bin]) return (bin, below);
            below += counts[bin];
        }
        throw new ArgumentOutOfRangeException(nameof(rank), rank, $"there are {below} numbers only");
    }
}
