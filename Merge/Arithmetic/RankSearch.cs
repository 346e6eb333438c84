// Finds numbers by their place in ascending order without sorting or holding them: counts the upper half of their bits, then the lower
// half of those that share the wanted upper half. Two walks over the numbers, whatever their count. Knows no tensors.
namespace Majlis.Merge.Arithmetic;

/// <summary>A number with how many of the walked numbers are smaller.</summary>
readonly record struct RankedNumber(float Value, long Below);

/// <summary>Shows all numbers, chunk by chunk, the same each time: finite and not negative.</summary>
delegate void WalkNumbers(Action<ReadOnlySpan<float>> visit);

static class RankSearch
{
    const int LowBits = 15;
    const int LowMask = (1 << LowBits) - 1;

    /// <summary>The numbers at these ranks, 0 the smallest.</summary>
    public static RankedNumber[] Find(WalkNumbers walk, params ReadOnlySpan<long> ranks)
    {
        // The bits of floats that are not negative have the order of the floats.
        var upper = new long[1 << (31 - LowBits)];
        walk(numbers =>
        {
            foreach (var number in numbers) upper[BitConverter.SingleToInt32Bits(number) >> LowBits]++;
        });
        var places = new (int Bin, long Below)[ranks.Length];
        for (var i = 0; i < ranks.Length; i++) places[i] = Bin(upper, ranks[i]);
        var bins = places.Select(place => place.Bin).Distinct().ToArray();
        var lower = bins.Select(_ => new long[1 << LowBits]).ToArray();
        walk(numbers =>
        {
            for (var i = 0; i < bins.Length; i++) CountLow(numbers, bins[i], lower[i]);
        });
        var found = new RankedNumber[ranks.Length];
        for (var i = 0; i < ranks.Length; i++)
        {
            var (bin, below) = places[i];
            var (low, belowInBin) = Bin(lower[Array.IndexOf(bins, bin)], ranks[i] - below);
            found[i] = new RankedNumber(BitConverter.Int32BitsToSingle(bin << LowBits | low), below + belowInBin);
        }
        return found;
    }

    static void CountLow(ReadOnlySpan<float> numbers, int bin, long[] counts)
    {
        foreach (var number in numbers)
        {
            var bits = BitConverter.SingleToInt32Bits(number);
            if (bits >> LowBits == bin) counts[bits & LowMask]++;
        }
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
