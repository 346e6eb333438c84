// Arcee Fusion (https://docs.arcee.ai/arcee-fusion, mergekit's definition): takes the other model's element where it matters most, by |x
// - b| times the KL divergence of its row's softmax from the base's; from median + 1.5 (q3 - q1) of that importance on. The quartiles are
// exact; mergekit samples a million elements of larger tensors.
using System.Collections.Immutable;
using System.Numerics.Tensors;
using Majlis.Merge.Arithmetic;

namespace Majlis.Merge.Methods;

public sealed class ArceeFusion : IMergeMethod
{
    const double Epsilon = 1e-8;

    public string Name => "arcee_fusion";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } = [];

    public string? Complaint(TensorTask tensor) =>
        tensor.Base < 0 ? "arcee_fusion needs base_model: the model that the other is fused into"
        : tensor.Experts.Length != 1 ? $"arcee_fusion merges base_model and one other model; here are {tensor.Experts.Length} others"
        : null;

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write)
    {
        var chunks = new DeltaChunks(tensor);
        var columns = (int)(tensor.Shape.IsEmpty ? 1 : tensor.Shape[^1]);
        var divergences = Divergences(tensor, chunks, columns);
        var importance = new float[tensor.ChunkLength];
        void Measure(long first, int length)
        {
            for (var i = 0; i < length; i++)
                importance[i] = (float)(Math.Abs(chunks.Deltas[0][i]) * divergences[(first + i) / columns]);
        }
        void Walk(Action<ReadOnlySpan<float>> visit)
        {
            foreach (var (first, length) in chunks.Walk())
            {
                Measure(first, length);
                visit(importance.AsSpan(0, length));
            }
        }
        long At(double quantile) => (long)(quantile * (tensor.Elements - 1));
        var quartiles = RankSearch.Find(Walk, At(0.25), At(0.5), At(0.75));
        var threshold = quartiles[1].Value + 1.5 * ((double)quartiles[2].Value - quartiles[0].Value);
        foreach (var (first, length) in chunks.Walk())
        {
            Measure(first, length);
            for (var i = 0; i < length; i++)
                if (importance[i] >= threshold) chunks.Origin[i] += chunks.Deltas[0][i];
            write(chunks.Origin.AsSpan(0, length));
        }
    }

    /// <summary>KL(softmax(x) || softmax(b)) of each row, never negative.</summary>
    static double[] Divergences(TensorTask tensor, DeltaChunks chunks, int columns)
    {
        var divergences = new double[tensor.Elements / columns];
        var (p, q) = (new double[columns], new double[columns]);
        foreach (var (first, length) in chunks.Walk())
            for (var row = 0; row < length; row += columns)
            {
                var origin = chunks.Origin.AsSpan(row, columns);
                TensorPrimitives.Add(origin, chunks.Deltas[0].AsSpan(row, columns), p);
                SoftMax(p, p);
                SoftMax(origin, q);
                var sum = 0.0;
                for (var i = 0; i < columns; i++) sum += (p[i] + Epsilon) * Math.Log((p[i] + Epsilon) / (q[i] + Epsilon));
                divergences[(first + row) / columns] = Math.Max(0, sum);
            }
        return divergences;
    }

    /// <summary>With the largest subtracted first, without which it overflows.</summary>
    static void SoftMax(ReadOnlySpan<double> values, Span<double> result)
    {
        TensorPrimitives.Subtract(values, TensorPrimitives.Max(values), result);
        TensorPrimitives.Exp<double>(result, result);
        TensorPrimitives.Divide(result, TensorPrimitives.Sum<double>(result), result);
    }
}
