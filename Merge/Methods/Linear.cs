// Weighted average (model soups, arxiv.org/abs/2203.05482): sum of w_i x_i, divided by the sum of w_i unless normalize is false.
// Holds one chunk of one tensor at a time.
using System.Collections.Immutable;

namespace Majlis.Merge.Methods;

public sealed class Linear : IMergeMethod
{
    const double TooSmall = 1e-8;

    public string Name => "linear";

    public bool BaseIsOrigin => false;

    public ImmutableArray<MergeParameter> Parameters { get; } =
        [new("weight", PerModel: true), new("normalize", PerModel: false, Default: 1, IsFlag: true)];

    public string? Complaint(TensorTask tensor)
    {
        var weights = tensor.Experts.Select(input => tensor.Model("weight", input)).ToArray();
        if (weights.All(weight => weight == 0)) return "all weights are 0, so no input takes part";
        return tensor.Flag("normalize") && Math.Abs(weights.Sum()) < TooSmall
            ? $"the weights sum to {weights.Sum()}, which cannot be normalised" : null;
    }

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write)
    {
        var weights = tensor.Experts.Select(input => tensor.Model("weight", input)).ToArray();
        var divisor = tensor.Flag("normalize") ? weights.Sum() : 1;
        var (sum, value) = (new double[tensor.ChunkLength], new double[tensor.ChunkLength]);
        for (long first = 0; first < tensor.Elements; first += sum.Length)
        {
            var length = (int)Math.Min(sum.Length, tensor.Elements - first);
            Array.Clear(sum);
            for (var input = 0; input < weights.Length; input++)
            {
                tensor.Read(input, first, value.AsSpan(0, length));
                for (var i = 0; i < length; i++) sum[i] += weights[input] * value[i];
            }
            for (var i = 0; i < length; i++) sum[i] /= divisor;
            write(sum.AsSpan(0, length));
        }
    }
}
