// Keeps the elements whose magnitude lies between two places in ascending order: TIES keeps the largest, breadcrumbs also cuts the very
// largest. Equal magnitudes are ordered by their position in the tensor. Knows no weights.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Merge.Arithmetic;
using Majlis.Merge.Methods;

namespace Majlis.Merge.Sparsity;

sealed class MagnitudeWindow : ISparsity
{
    /// <summary>The share of the largest elements that breadcrumbs cuts.</summary>
    public static MergeParameter Gamma { get; } = new("gamma", PerModel: true, Default: 0.01, Minimum: 0, Maximum: 1);

    // No magnitude is at these borders.
    static readonly RankedNumber nothing = new(-1, 0);
    static readonly RankedNumber everything = new(float.PositiveInfinity, 0);

    readonly long first;
    readonly long end;
    readonly RankedNumber lower;
    readonly RankedNumber upper;
    long equalToLower;
    long equalToUpper;

    MagnitudeWindow(long first, long end, RankedNumber lower, RankedNumber upper) =>
        (this.first, this.end, this.lower, this.upper) = (first, end, lower, upper);

    /// <summary>Of each expert's task vector the largest elements by density, one at least; null where all are kept.</summary>
    public static MagnitudeWindow?[] Largest(TensorTask tensor) => Find(tensor, input =>
    {
        var kept = Math.Max(1, (long)(tensor.Model("density", input) * tensor.Elements));
        return (Math.Max(0, tensor.Elements - kept), tensor.Elements);
    });

    /// <summary>As many as density says, below the largest by gamma; of these fewer are cut where there is not room for both.</summary>
    public static MagnitudeWindow?[] Middle(TensorTask tensor) => Find(tensor, input =>
    {
        var elements = tensor.Elements;
        var kept = (long)(tensor.Model("density", input) * elements);
        var cut = Math.Min((long)(tensor.Model("gamma", input) * elements), elements - kept);
        return (elements - kept - cut, elements - cut);
    });

    /// <summary>
    /// For each expert the elements of its task vector at some places, first .. end-1, of ascending magnitude; null where all are.
    /// </summary>
    static MagnitudeWindow?[] Find(TensorTask tensor, Func<int, (long First, long End)> placesOf)
    {
        var (elements, places) = (tensor.Elements, tensor.Experts.Select(placesOf).ToArray());
        var borders = MagnitudeBorders.Find(tensor, [.. places.Select(place => Ranks(place.First, place.End, elements))]);
        return [.. places.Zip(borders, (place, found) => place == (0, elements) ? null
            : place.First == place.End ? new MagnitudeWindow(place.First, place.End, new RankedNumber(float.PositiveInfinity, 0), default)
            : new MagnitudeWindow(place.First, place.End, place.First == 0 ? nothing : found[0],
                place.End == elements ? everything : found[^1]))];
    }

    /// <summary>The places whose magnitudes must be known.</summary>
    static long[] Ranks(long first, long end, long elements) =>
        first == end ? [] : [.. first > 0 ? [first] : Array.Empty<long>(), .. end < elements ? [end - 1] : Array.Empty<long>()];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(long position, Span<double> deltas)
    {
        if (position == 0) equalToLower = equalToUpper = 0;
        // Eight at a time without branches, of which half would be guessed wrong; numbers at a border are few.
        var (least, most) = (Vector256.Create(lower.Value), Vector256.Create(upper.Value));
        var i = 0;
        for (; i <= deltas.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            ref var first = ref deltas[i];
            ref var second = ref deltas[i + Vector256<double>.Count];
            var (low, high) = (Vector256.LoadUnsafe(ref first), Vector256.LoadUnsafe(ref second));
            var magnitude = Vector256.Abs(Vector256.Narrow(low, high));
            var kept = (Vector256.GreaterThan(magnitude, least) & Vector256.LessThan(magnitude, most)).AsInt32();
            var border = (Vector256.Equals(magnitude, least) | Vector256.Equals(magnitude, most)).ExtractMostSignificantBits();
            for (; border != 0; border &= border - 1)
            {
                var lane = BitOperations.TrailingZeroCount(border);
                if (IsKeptAtBorder(magnitude[lane])) kept = kept.WithElement(lane, -1);
            }
            var (lowKept, highKept) = Vector256.Widen(kept);
            (low & lowKept.AsDouble()).StoreUnsafe(ref first);
            (high & highKept.AsDouble()).StoreUnsafe(ref second);
        }
        ApplyOneByOne(deltas[i..]);
    }

    void ApplyOneByOne(Span<double> deltas)
    {
        for (var i = 0; i < deltas.Length; i++)
        {
            var magnitude = Math.Abs((float)deltas[i]);
            if (magnitude > lower.Value && magnitude < upper.Value) continue;
            if (!IsKeptAtBorder(magnitude)) deltas[i] = 0;
        }
    }

    bool IsKeptAtBorder(float magnitude)
    {
        long place;
        if (magnitude == lower.Value) place = lower.Below + equalToLower++;
        else if (magnitude == upper.Value) place = upper.Below + equalToUpper++;
        else return false;
        return place >= first && place < end;
    }
}
