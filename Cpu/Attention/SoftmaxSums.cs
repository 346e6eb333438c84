// What query rows have of some keys, and how online softmax adds that up (https://arxiv.org/abs/2205.14135). Knows nothing of the scores.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Cpu.Kernels;

namespace Majlis.Cpu.Attention;

/// <summary>Up to 32 rows; their results lie <paramref name="padded"/> elements apart, whole vectors of 16.</summary>
readonly unsafe struct SoftmaxSums(float* start, int padded)
{
    const int Rows = AttentionTile.Rows;

    /// <summary>[row]: the largest score, minus infinity where none is seen.</summary>
    public float* Largest => start;

    /// <summary>[row]: the sum of the shares.</summary>
    public float* Sums => start + Rows;

    /// <summary>[row][element]: shares times values, not yet divided by the sums.</summary>
    public float* Mixed => start + 2 * Rows;

    /// <summary>The numbers that <paramref name="rows"/> rows take.</summary>
    public static int Floats(int rows, int padded) => 2 * Rows + rows * padded;

    /// <summary>Nothing is seen. The results of the first <paramref name="rows"/> rows are 0, those of others what they were.</summary>
    public void Clear(int rows)
    {
        new Span<float>(Largest, Rows).Fill(float.NegativeInfinity);
        new Span<float>(Sums, Rows + rows * padded).Clear();
    }

    /// <summary>Adds what the rows have of other keys, which come after.</summary>
    public void Add(SoftmaxSums other, int rows, CacheForm form)
    {
        float* own = stackalloc float[Rows], theirs = stackalloc float[Rows];
        // Shares of whole numbers are powers of 2.
        if (Vector512.IsHardwareAccelerated) Add<WholeFloats>(other, rows, form != CacheForm.Float32, own, theirs);
        else Add<HalvedFloats>(other, rows, form != CacheForm.Float32, own, theirs);
    }

    // A row that sees none of the other keys may have no results of them at all: it stays as it is.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Add<T>(SoftmaxSums other, int rows, bool ofTwo, float* own, float* theirs) where T : struct, IFloats<T>
    {
        for (var row = 0; row < rows; row += 16)
        {
            T ours = T.Load(Largest + row), them = T.Load(other.Largest + row);
            var most = T.Max(ours, them);
            // Where nothing is seen yet: the difference of two infinities would be no number.
            var shift = T.Max(T.All(float.MinValue), most);
            var (shrunk, added) = ofTwo
                ? (Exponential.Power2(ours - shift), Exponential.Power2(them - shift))
                : (Exponential.Exp(ours - shift), Exponential.Exp(them - shift));
            T.MultiplyAdd(T.Load(Sums + row), shrunk, T.Load(other.Sums + row) * added).Store(Sums + row);
            most.Store(Largest + row);
            shrunk.Store(own + row);
            added.Store(theirs + row);
        }
        for (var row = 0; row < rows; row++)
        {
            if (own[row] == 1 && theirs[row] == 0) continue;
            float* to = Mixed + row * padded, from = other.Mixed + row * padded;
            var (shrunk, added) = (T.All(own[row]), T.All(theirs[row]));
            for (var d = 0; d < padded; d += 16) T.MultiplyAdd(T.Load(to + d), shrunk, T.Load(from + d) * added).Store(to + d);
        }
    }
}
