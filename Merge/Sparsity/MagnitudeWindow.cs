// Keeps the elements whose magnitude lies between two places in ascending order: TIES keeps the largest, breadcrumbs also cuts the very
// largest. Equal magnitudes are ordered by their position in the tensor. Knows no weights.
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Majlis.Merge.Arithmetic;
using Majlis.Merge.Methods;

namespace Majlis.Merge.Sparsity;

sealed class MagnitudeWindow : ISparsity
{
    /// <summary>The share of the largest elements that breadcrumbs cuts.</summary>
    public static MergeParameter Gamma { get; } = new("gamma", PerModel: true, Default: 0.01, Minimum: 0, Maximum: 1);

    readonly long first;
    readonly long end;
    readonly RankedNumber lower;
    readonly RankedNumber upper;
    long equalToLower;
    long equalToUpper;

    MagnitudeWindow(long first, long end, RankedNumber lower, RankedNumber upper) =>
        (this.first, this.end, this.lower, this.upper) = (first, end, lower, upper);

    /// <summary>The largest elements by density, one at least.</summary>
    public static MagnitudeWindow? Largest(TensorTask tensor, int expert)
    {
        var kept = Math.Max(1, (long)(tensor.Model("density", tensor.Experts[expert]) * tensor.Elements));
        return Find(tensor, expert, Math.Max(0, tensor.Elements - kept), tensor.Elements);
    }

    /// <summary>As many as density says, below the largest by gamma; of these fewer are cut where there is not room for both.</summary>
    public static MagnitudeWindow? Middle(TensorTask tensor, int expert)
    {
        var (elements, input) = (tensor.Elements, tensor.Experts[expert]);
        var kept = (long)(tensor.Model("density", input) * elements);
        var cut = Math.Min((long)(tensor.Model("gamma", input) * elements), elements - kept);
        return Find(tensor, expert, elements - kept - cut, elements - cut);
    }

    /// <summary>
    /// The elements of one expert's task vector at places <paramref name="first"/> .. <paramref name="end"/>-1 of ascending magnitude;
    /// null where all are.
    /// </summary>
    static MagnitudeWindow? Find(TensorTask tensor, int expert, long first, long end)
    {
        if (first == 0 && end == tensor.Elements) return null;
        var chunks = new DeltaChunks(tensor);
        var magnitudes = new float[tensor.ChunkLength];
        void Walk(Action<ReadOnlySpan<float>> visit)
        {
            foreach (var (_, length) in chunks.Walk(expert))
            {
                var numbers = magnitudes.AsSpan(0, length);
                TensorPrimitives.ConvertTruncating<double, float>(chunks.Deltas[expert].AsSpan(0, length), numbers);
                TensorPrimitives.Abs(numbers, numbers);
                visit(numbers);
            }
        }
        if (end == first) return new MagnitudeWindow(first, end, new RankedNumber(float.PositiveInfinity, 0), default);
        var found = RankSearch.Find(Walk, first, end - 1);
        return new MagnitudeWindow(first, end, found[0], found[1]);
    }

    public void Apply(long position, Span<double> deltas)
    {
        if (position == 0) equalToLower = equalToUpper = 0;
        // Eight at a time without branches, of which half would be guessed wrong; numbers at a border are few.
        var i = 0;
        for (; i <= deltas.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            ref var first = ref deltas[i];
            ref var second = ref deltas[i + Vector256<double>.Count];
            var (low, high) = (Vector256.LoadUnsafe(ref first), Vector256.LoadUnsafe(ref second));
            var magnitude = Vector256.Abs(Vector256.Narrow(low, high));
            var (least, most) = (Vector256.Create(lower.Value), Vector256.Create(upper.Value));
            if (Vector256.EqualsAny(magnitude, least) || Vector256.EqualsAny(magnitude, most))
            {
                ApplyOneByOne(deltas.Slice(i, Vector256<float>.Count));
                continue;
            }
            var kept = (Vector256.GreaterThan(magnitude, least) & Vector256.LessThan(magnitude, most)).AsInt32();
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
