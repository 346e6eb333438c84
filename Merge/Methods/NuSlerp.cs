// Spherical interpolation of two models with a weight each (t = w1 / (w0 + w1)), of their differences from a third one if there is a
// base_model: whole tensors, each row, or (nuslerp_row_wise, whose name says the opposite) each column. Source: mergekit's
// docs/merge_methods.md.
using System.Collections.Immutable;
using Majlis.Merge.Arithmetic;

namespace Majlis.Merge.Methods;

public sealed class NuSlerp : IMergeMethod
{
    const double NoWeight = 1e-6;
    const double NoLength = 1e-7;

    /// <summary>Sines below this count as 0: the vectors lie on one line.</summary>
    const double NoAngle = 1e-8;

    public string Name => "nuslerp";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } =
    [
        new("weight", PerModel: true), new("nuslerp_flatten", PerModel: false, Default: 1, IsFlag: true),
        new("nuslerp_row_wise", PerModel: false, Default: 0, IsFlag: true),
    ];

    public string? Complaint(TensorTask tensor) => tensor.Experts.Length == 2 ? null
        : $"nuslerp merges two models, and base_model is none of them; here are {tensor.Experts.Length} beside the base";

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write)
    {
        var (left, right) = (tensor.Model("weight", tensor.Experts[0]), tensor.Model("weight", tensor.Experts[1]));
        // Weights that cancel each other leave no share; the middle is mergekit's choice.
        var t = Math.Abs(left + right) < NoWeight ? 0.5 : right / (left + right);
        if (tensor.Flag("nuslerp_flatten") || tensor.Shape.Length < 2)
        {
            var gram = GramMatrix.Of(tensor);
            var (first, second) = Weights(t, gram[0, 1], gram[0, 0], gram[1, 1]);
            WeightedSum.WriteDeltas(tensor, [first, second], write);
        }
        else if (tensor.Flag("nuslerp_row_wise")) MergeColumns(tensor, t, write);
        else MergeRows(tensor, t, write);
    }

    static (double First, double Second) Weights(double t, double dot, double left, double right)
    {
        var cosine = Math.Clamp(dot / (Math.Max(Math.Sqrt(left), NoLength) * Math.Max(Math.Sqrt(right), NoLength)), -1, 1);
        return SphericalWeights.At(t, cosine, onOneLine: Math.Sin(Math.Acos(cosine)) < NoAngle);
    }

    static void MergeRows(TensorTask tensor, double t, Action<ReadOnlySpan<double>> write)
    {
        var (chunks, columns) = (new DeltaChunks(tensor), (int)tensor.Shape[^1]);
        foreach (var (_, length) in chunks.Walk())
        {
            for (var row = 0; row < length; row += columns)
            {
                var gram = GramMatrix.Of(chunks.Deltas, row, columns);
                var (first, second) = Weights(t, gram[0, 1], gram[0, 0], gram[1, 1]);
                for (var i = row; i < row + columns; i++)
                    chunks.Origin[i] = (tensor.Base < 0 ? 0 : chunks.Origin[i])
                        + first * chunks.Deltas[0][i] + second * chunks.Deltas[1][i];
            }
            write(chunks.Origin.AsSpan(0, length));
        }
    }

    /// <summary>A column is what axis 0 runs over: the elements that lie Elements / Shape[0] apart.</summary>
    static void MergeColumns(TensorTask tensor, double t, Action<ReadOnlySpan<double>> write)
    {
        var columns = (int)(tensor.Elements / tensor.Shape[0]);
        var (dots, left, right) = (new double[columns], new double[columns], new double[columns]);
        var chunks = new DeltaChunks(tensor);
        foreach (var (first, length) in chunks.Walk())
            for (var i = 0; i < length; i++)
            {
                var (column, a, b) = ((int)((first + i) % columns), chunks.Deltas[0][i], chunks.Deltas[1][i]);
                dots[column] += a * b;
                left[column] += a * a;
                right[column] += b * b;
            }
        for (var column = 0; column < columns; column++)
            (left[column], right[column]) = Weights(t, dots[column], left[column], right[column]);
        foreach (var (first, length) in chunks.Walk())
        {
            for (var i = 0; i < length; i++)
            {
                var column = (int)((first + i) % columns);
                chunks.Origin[i] = (tensor.Base < 0 ? 0 : chunks.Origin[i])
                    + left[column] * chunks.Deltas[0][i] + right[column] * chunks.Deltas[1][i];
            }
            write(chunks.Origin.AsSpan(0, length));
        }
    }
}
