// Task vectors (https://arxiv.org/abs/2212.04089): b + lambda x sum of w_i (x_i - b), the sum divided by the sum of w_i when normalize is
// true.
using System.Collections.Immutable;
using Majlis.Merge.Arithmetic;
using Majlis.Merge.Sparsity;

namespace Majlis.Merge.Methods;

public sealed class TaskArithmetic : IMergeMethod
{
    public string Name => "task_arithmetic";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } =
    [
        new("weight", PerModel: true), new("normalize", PerModel: false, Default: 0, IsFlag: true),
        new("lambda", PerModel: false, Default: 1),
        // int8_mask tells how to store a consensus mask. This method has none, but mergekit accepts the parameter.
        new("int8_mask", PerModel: false, Default: 0, IsFlag: true),
    ];

    public string? Complaint(TensorTask tensor) => TaskVectors.Complaint(tensor, Name, elects: false);

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write)
    {
        var weights = tensor.Experts.Select(input => tensor.Model("weight", input)).ToArray();
        var scale = tensor.Shared("lambda") / (tensor.Flag("normalize") && weights.Length > 0 ? weights.Sum() : 1);
        WeightedSum.WriteDeltas(tensor, [.. weights.Select(weight => scale * weight)], write);
    }
}
