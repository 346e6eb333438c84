// Weighted mean on the sphere (https://goddard.blog/posts/multislerp-wow-what-a-cool-idea): the weighted sum of the unit vectors,
// stretched to the weighted mean of the lengths; of the differences from base_model if there is one. The step in the tangent space that
// the source takes from the mean is zero: the sum of the tangents at the normalised sum is that sum less its projection onto itself.
using System.Collections.Immutable;
using Majlis.Merge.Arithmetic;

namespace Majlis.Merge.Methods;

public sealed class MultiSlerp : IMergeMethod
{
    const double TooSmall = 1e-8;

    public string Name => "multislerp";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } =
    [
        new("weight", PerModel: true), new("normalize_weights", PerModel: false, Default: 1, IsFlag: true),
        new("eps", PerModel: false, Default: 1e-8, Minimum: 0) { ExcludesMinimum = true },
    ];

    public string? Complaint(TensorTask tensor)
    {
        if (tensor.Experts.Length < 2) return $"multislerp needs two models or more; here is {tensor.Experts.Length} beside the base";
        var sum = tensor.Experts.Sum(input => tensor.Model("weight", input));
        return tensor.Flag("normalize_weights") && Math.Abs(sum) < TooSmall
            ? $"the weights sum to {sum}, which cannot be normalised" : null;
    }

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write)
    {
        var (gram, eps) = (GramMatrix.Of(tensor), tensor.Shared("eps"));
        var weights = tensor.Experts.Select(input => tensor.Model("weight", input)).ToArray();
        if (tensor.Flag("normalize_weights")) weights = [.. weights.Select(weight => weight / weights.Sum())];
        var units = weights.Select((weight, expert) => weight / (gram.Length(expert) + eps)).ToArray();
        var length = Math.Sqrt(Math.Max(0, gram.Dot(units, units)));
        if (length < eps)
        {
            if (weights.Length != 2) throw new MergeRecipeException(
                $"{tensor.Name}: the weighted directions of the models cancel each other, so there is no mean; use other weights");
            WeightedSum.WriteDeltas(tensor, weights, write);
            return;
        }
        var stretch = weights.Select((weight, expert) => weight * gram.Length(expert)).Sum() / length;
        WeightedSum.WriteDeltas(tensor, [.. units.Select(unit => unit * stretch)], write);
    }
}
