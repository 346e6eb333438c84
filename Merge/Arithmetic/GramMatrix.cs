// Dot products of a tensor's experts (their differences from the base, where there is one) with each other. Lengths, angles and means on
// a sphere follow from them, so a tensor is read once for them and once for the result. Knows no method.
using System.Numerics.Tensors;

namespace Majlis.Merge.Arithmetic;

/// <summary>[i, j]: the dot product of experts i and j, in fp64.</summary>
sealed class GramMatrix(int experts)
{
    readonly double[,] products = new double[experts, experts];

    public int Experts => experts;

    public double this[int i, int j] => products[i, j];

    public double Length(int expert) => Math.Sqrt(products[expert, expert]);

    /// <summary>Of whole tensors as vectors.</summary>
    public static GramMatrix Of(TensorTask tensor)
    {
        var chunks = new DeltaChunks(tensor);
        var gram = new GramMatrix(chunks.Deltas.Length);
        foreach (var (_, length) in chunks.Walk()) gram.Add(chunks.Deltas, 0, length);
        return gram;
    }

    /// <summary>Of one stretch of the chunk at hand.</summary>
    public static GramMatrix Of(double[][] vectors, int first, int length)
    {
        var gram = new GramMatrix(vectors.Length);
        gram.Add(vectors, first, length);
        return gram;
    }

    /// <summary>The dot product of two sums of experts, each expert times its coefficient.</summary>
    public double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var sum = 0.0;
        for (var i = 0; i < experts; i++)
            for (var j = 0; j < experts; j++) sum += left[i] * right[j] * products[i, j];
        return sum;
    }

    void Add(double[][] vectors, int first, int length)
    {
        for (var i = 0; i < experts; i++)
            for (var j = i; j < experts; j++)
            {
                products[i, j] += TensorPrimitives.Dot<double>(vectors[i].AsSpan(first, length), vectors[j].AsSpan(first, length));
                products[j, i] = products[i, j];
            }
    }
}
