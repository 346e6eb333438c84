// What experts' sparse differences add to the base, element by element: all of them, or those with the elected sign. Knows no tensors.
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Majlis.Merge.Sparsity;

sealed class DeltaMixture
{
    readonly double[] weights;
    readonly double[] scales;
    readonly bool normalize;
    readonly double lambda;

    /// <param name="weights">w_i, one for each expert.</param>
    /// <param name="factors">What the differences are multiplied by besides.</param>
    /// <param name="normalize">Divides by the weights of those that take part.</param>
    /// <param name="lambda">Times the whole.</param>
    public DeltaMixture(double[] weights, double[] factors, bool normalize, double lambda)
    {
        (this.weights, this.normalize, this.lambda) = (weights, normalize, lambda);
        scales = [.. weights.Zip(factors, (weight, factor) => weight * factor)];
    }

    /// <summary>Adds the weighted sum of all.</summary>
    /// <param name="deltas">[expert][element], spoilt.</param>
    /// <param name="result">The base's elements.</param>
    public void AddAll(double[][] deltas, Span<double> result)
    {
        if (deltas.Length == 0) return;
        var sum = deltas[0].AsSpan(0, result.Length);
        for (var expert = 0; expert < deltas.Length; expert++)
        {
            var delta = deltas[expert].AsSpan(0, result.Length);
            TensorPrimitives.Multiply(delta, scales[expert], delta);
            if (expert > 0) TensorPrimitives.Add(sum, delta, sum);
        }
        if (normalize) TensorPrimitives.Divide(sum, weights.Sum(), sum);
        TensorPrimitives.MultiplyAdd(sum, lambda, result, result);
    }

    /// <summary>Adds the weighted sum of those with the sign of the sum of all; a sum of 0 counts as positive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddElected(double[][] deltas, Span<double> result)
    {
        ref var to = ref MemoryMarshal.GetReference(result);
        var (zero, i) = (Vector256<double>.Zero, 0);
        for (; i <= result.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            // Both sides are summed while the sign is not yet known.
            var (total, above, below, aboveShare, belowShare) = (zero, zero, zero, zero, zero);
            for (var expert = 0; expert < deltas.Length; expert++)
            {
                var delta = Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(deltas[expert]), (nuint)i)
                    * Vector256.Create(scales[expert]);
                total += delta;
                above += Vector256.MaxNative(delta, zero);
                below += Vector256.MinNative(delta, zero);
                if (!normalize) continue;
                aboveShare += Vector256.Create(weights[expert]) & Vector256.GreaterThan(delta, zero);
                belowShare += Vector256.Create(weights[expert]) & Vector256.LessThan(delta, zero);
            }
            var positive = Vector256.GreaterThanOrEqual(total, zero);
            var sum = Vector256.ConditionalSelect(positive, above, below);
            if (normalize)
            {
                var share = Vector256.ConditionalSelect(positive, aboveShare, belowShare);
                sum /= Vector256.ConditionalSelect(Vector256.Equals(share, zero), Vector256<double>.One, share);
            }
            (sum * lambda + Vector256.LoadUnsafe(ref to, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        }
        for (; i < result.Length; i++) result[i] += lambda * Elected(deltas, i);
    }

    double Elected(double[][] deltas, int i)
    {
        var total = 0.0;
        for (var expert = 0; expert < deltas.Length; expert++) total += deltas[expert][i] * scales[expert];
        var (sum, share) = (0.0, 0.0);
        for (var expert = 0; expert < deltas.Length; expert++)
        {
            var delta = deltas[expert][i] * scales[expert];
            if (total >= 0 ? delta <= 0 : delta >= 0) continue;
            sum += delta;
            share += weights[expert];
        }
        return normalize && share != 0 ? sum / share : sum;
    }
}
