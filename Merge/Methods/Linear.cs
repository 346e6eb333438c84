// Weighted average (model soups, https://arxiv.org/abs/2203.05482): sum of w_i x_i, divided by the sum of w_i unless normalize is false.
using System.Collections.Immutable;
using Majlis.Merge.Arithmetic;

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
        var weights = Weights(tensor);
        if (weights.All(weight => weight == 0)) return "all weights are 0, so no input takes part";
        return tensor.Flag("normalize") && Math.Abs(weights.Sum()) < TooSmall
            ? $"the weights sum to {weights.Sum()}, which cannot be normalised" : null;
    }

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write)
    {
        var weights = Weights(tensor);
        var divisor = tensor.Flag("normalize") ? weights.Sum() : 1;
        WeightedSum.Write(tensor, [.. weights.Select(weight => weight / divisor)], write);
    }

    static double[] Weights(TensorTask tensor) => [.. tensor.Experts.Select(input => tensor.Model("weight", input))];
}
