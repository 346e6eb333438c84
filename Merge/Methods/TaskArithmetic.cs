// Task vectors (arxiv.org/abs/2212.04089): b + lambda * sum of w_i (x_i - b), the sum divided by the sum of w_i when normalize is true.
// Holds one chunk of one tensor at a time.
using System.Collections.Immutable;

namespace Majlis.Merge.Methods;

public sealed class TaskArithmetic : IMergeMethod
{
    const double TooSmall = 1e-8;

    public string Name => "task_arithmetic";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } =
    [
        new("weight", PerModel: true), new("normalize", PerModel: false, Default: 0, IsFlag: true),
        new("lambda", PerModel: false, Default: 1),
        // int8_mask tells how to store a consensus mask. This method has none, but mergekit accepts the parameter.
        new("int8_mask", PerModel: false, Default: 0, IsFlag: true),
    ];

    public string? Complaint(TensorTask tensor)
    {
        if (tensor.Base < 0) return "task_arithmetic needs base_model: what the deltas are taken from";
        var sum = tensor.Experts.Sum(input => tensor.Model("weight", input));
        return tensor.Flag("normalize") && Math.Abs(sum) < TooSmall ? $"the weights sum to {sum}, which cannot be normalised" : null;
    }

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write)
    {
        var weights = tensor.Experts.Select(input => tensor.Model("weight", input)).ToArray();
        var scale = tensor.Shared("lambda") / (tensor.Flag("normalize") ? weights.Sum() : 1);
        var (origin, sum, value) = (new double[tensor.ChunkLength], new double[tensor.ChunkLength], new double[tensor.ChunkLength]);
        for (long first = 0; first < tensor.Elements; first += sum.Length)
        {
            var length = (int)Math.Min(sum.Length, tensor.Elements - first);
            tensor.Read(tensor.Base, first, origin.AsSpan(0, length));
            Array.Clear(sum);
            foreach (var (input, weight) in tensor.Experts.Zip(weights))
            {
                tensor.Read(input, first, value.AsSpan(0, length));
                for (var i = 0; i < length; i++) sum[i] += weight * (value[i] - origin[i]);
            }
            for (var i = 0; i < length; i++) sum[i] = origin[i] + scale * sum[i];
            write(sum.AsSpan(0, length));
        }
    }
}
