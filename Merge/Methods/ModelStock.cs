// Model stock (https://arxiv.org/abs/2403.19522): b + t x mean of d_i, with t = N c / (1 + (N-1) c) and c the mean cosine between the task
// vectors d_i = x_i - b, of whole tensors or, with filter_wise, of each row.
using System.Collections.Immutable;
using Majlis.Merge.Arithmetic;

namespace Majlis.Merge.Methods;

public sealed class ModelStock : IMergeMethod
{
    /// <summary>Products of lengths below this give no meaningful cosine.</summary>
    const double NoLength = 1e-6;

    /// <summary>Below this, opposed task vectors leave the ratio undefined; the result stays at the base.</summary>
    const double Singular = 1e-6;

    public string Name => "model_stock";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } = [new("filter_wise", PerModel: false, Default: 0, IsFlag: true)];

    public string? Complaint(TensorTask tensor) =>
        tensor.Base < 0 ? "model_stock needs base_model: what the deltas are taken from"
        : tensor.Experts.Length < 2 ? $"model_stock needs two models or more beside base_model; here is {tensor.Experts.Length}" : null;

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write)
    {
        if (tensor.Flag("filter_wise")) MergeRows(tensor, write);
        else
        {
            var share = Ratio(GramMatrix.Of(tensor)) / tensor.Experts.Length;
            WeightedSum.WriteDeltas(tensor, [.. tensor.Experts.Select(_ => share)], write);
        }
    }

    static double Ratio(GramMatrix gram)
    {
        var (sum, count) = (0.0, gram.Experts);
        for (var i = 0; i < count; i++)
            for (var j = i + 1; j < count; j++)
                sum += Math.Clamp(gram[i, j] / Math.Max(gram.Length(i) * gram.Length(j), NoLength), -1, 1);
        var cosine = sum / (count * (count - 1) / 2);
        var denominator = 1 + (count - 1) * cosine;
        return Math.Abs(denominator) < Singular ? 0 : count * cosine / denominator;
    }

    static void MergeRows(TensorTask tensor, Action<ReadOnlySpan<double>> write)
    {
        var chunks = new DeltaChunks(tensor);
        var columns = (int)(tensor.Shape.IsEmpty ? 1 : tensor.Shape[^1]);
        foreach (var (_, length) in chunks.Walk())
        {
            for (var row = 0; row < length; row += columns)
            {
                var share = Ratio(GramMatrix.Of(chunks.Deltas, row, columns)) / chunks.Deltas.Length;
                foreach (var delta in chunks.Deltas)
                    for (var i = row; i < row + columns; i++) chunks.Origin[i] += share * delta[i];
            }
            write(chunks.Origin.AsSpan(0, length));
        }
    }
}
