// DARE (https://arxiv.org/abs/2311.03099) with the election of signs of TIES (https://arxiv.org/abs/2306.01708): drops random elements of
// each task vector, scales the rest to the old sum of magnitudes, and adds up those with the elected sign.
using System.Collections.Immutable;
using Majlis.Merge.Sparsity;

namespace Majlis.Merge.Methods;

public sealed class DareTies : IMergeMethod
{
    public string Name => "dare_ties";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } = TaskVectors.Parameters(normalize: false, rescale: true);

    public string? Complaint(TensorTask tensor) => TaskVectors.Complaint(tensor, Name, elects: true);

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write) => TaskVectors.Merge(tensor,
        [.. tensor.Experts.Select((_, expert) => RandomMask.Of(tensor, expert))], elects: true, write);
}
