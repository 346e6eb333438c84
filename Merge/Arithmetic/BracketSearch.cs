// Finds one number by its place in ascending order in a single walk, where a sample tells about where it lies: numbers below are counted,
// those near it are kept. Where the sample misled, or many numbers are near, it says so, and RankSearch finds it in two walks.
using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Majlis.Merge.Arithmetic;

sealed class BracketSearch : IDisposable
{
    /// <summary>How far from its place in the sample a number may be, as a share of all.</summary>
    const double Margin = 0.02;

    /// <summary>Numbers that are kept, at most.</summary>
    const int MostKept = 1 << 22;

    readonly long rank;
    readonly float least;
    readonly float most;
    readonly float[] near;
    long below;
    int kept;
    bool overflowed;

    /// <param name="sample">Some of the numbers.</param>
    /// <param name="rank">The wanted one's place among all, 0 the smallest.</param>
    /// <param name="count">How many numbers there are.</param>
    public BracketSearch(float[] sample, long rank, long count)
    {
        this.rank = rank;
        var (low, high) = ((double)rank / count - Margin, (double)(rank + 1) / count + Margin);
        var ends = RankSearch.Find(visit => visit(sample), (long)(Math.Max(low, 0) * sample.Length),
            (long)(Math.Min(high, 1) * (sample.Length - 1)));
        least = low <= 0 ? 0 : ends[0].Value;
        most = high >= 1 ? float.PositiveInfinity : ends[1].Value;
        near = ArrayPool<float>.Shared.Rent((int)Math.Min(MostKept, (long)(4 * Margin * count)));
    }

    /// <summary>Takes a chunk of the walk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Count(ReadOnlySpan<float> numbers)
    {
        if (overflowed) return;
        var (lower, upper, smaller, i) = (Vector256.Create(least), Vector256.Create(most), Vector256<int>.Zero, 0);
        for (; i <= numbers.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var values = Vector256.LoadUnsafe(in numbers[i]);
            var under = Vector256.LessThan(values, lower).AsInt32();
            smaller -= under;
            var here = Vector256.AndNot(Vector256.LessThanOrEqual(values, upper).AsInt32(), under).ExtractMostSignificantBits();
            if (here != 0) Keep(numbers.Slice(i, Vector256<float>.Count), here);
        }
        below += Vector256.Sum(smaller);
        for (; i < numbers.Length; i++)
            if (numbers[i] < least) below++;
            else if (numbers[i] <= most) Keep(numbers.Slice(i, 1), 1);
    }

    /// <summary>After the walk; null where the number is not among those that were kept.</summary>
    public RankedNumber? Found()
    {
        if (overflowed || rank < below || rank >= below + kept) return null;
        var found = RankSearch.Find(visit => visit(near.AsSpan(0, kept)), rank - below)[0];
        return found with { Below = found.Below + below };
    }

    public void Dispose() => ArrayPool<float>.Shared.Return(near);

    void Keep(ReadOnlySpan<float> numbers, uint which)
    {
        if (kept + numbers.Length > near.Length)
        {
            overflowed = true;
            return;
        }
        for (; which != 0; which &= which - 1) near[kept++] = numbers[BitOperations.TrailingZeroCount(which)];
    }
}
