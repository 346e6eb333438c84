// DARE (https://arxiv.org/abs/2311.03099): drops random elements of each task vector, scales the rest to the old sum of magnitudes, and
// adds them up.
using System.Collections.Immutable;
using Majlis.Merge.Sparsity;

namespace Majlis.Merge.Methods;

public sealed class DareLinear : IMergeMethod
{
    public string Name => "dare_linear";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } = TaskVectors.Parameters(normalize: false, rescale: true);

    public string? Complaint(TensorTask tensor) => TaskVectors.Complaint(tensor, Name, elects: false);

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write) => TaskVectors.Merge(tensor,
        [.. tensor.Experts.Select((_, expert) => RandomMask.Of(tensor, expert))], elects: false, write);
}
