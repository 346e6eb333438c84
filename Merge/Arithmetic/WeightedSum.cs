// The sum of a tensor's inputs, each times a number. Holds one chunk of one input and one of the sum; knows no method.
using System.Numerics.Tensors;

namespace Majlis.Merge.Arithmetic;

static class WeightedSum
{
    /// <summary>Writes sum of <paramref name="coefficients"/>[input] x input.</summary>
    public static void Write(TensorTask tensor, IReadOnlyList<double> coefficients, Action<ReadOnlySpan<double>> write)
    {
        var (sums, values) = (new double[tensor.ChunkLength], new double[tensor.ChunkLength]);
        foreach (var (first, length) in tensor.Chunks)
        {
            var sum = sums.AsSpan(0, length);
            var value = values.AsSpan(0, length);
            sum.Clear();
            for (var input = 0; input < coefficients.Count; input++) tensor.Add(input, first, coefficients[input], sum, value);
            write(sum);
        }
    }

    /// <summary>
    /// Writes base + sum of <paramref name="coefficients"/>[expert] x difference from the base; without a base, of the experts themselves.
    /// </summary>
    public static void WriteDeltas(TensorTask tensor, IReadOnlyList<double> coefficients, Action<ReadOnlySpan<double>> write)
    {
        var chunks = new DeltaChunks(tensor);
        foreach (var (_, length) in chunks.Walk())
        {
            var sum = chunks.Origin.AsSpan(0, length);
            if (tensor.Base < 0) sum.Clear();
            for (var expert = 0; expert < coefficients.Count; expert++)
                TensorPrimitives.MultiplyAdd(chunks.Deltas[expert].AsSpan(0, length), coefficients[expert], sum, sum);
            write(sum);
        }
    }
}
