// DELLA (https://arxiv.org/abs/2406.11617) without an election: drops random elements of each task vector, small ones more often, scales
// the rest to the old sum of magnitudes, and adds them up.
using System.Collections.Immutable;
using Majlis.Merge.Sparsity;

namespace Majlis.Merge.Methods;

public sealed class DellaLinear : IMergeMethod
{
    public string Name => "della_linear";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } = TaskVectors.Parameters(normalize: false, rescale: true, RankMask.Epsilon);

    public string? Complaint(TensorTask tensor) =>
        TaskVectors.Complaint(tensor, Name, elects: false) ?? RankMask.Complaint(tensor);

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write) => TaskVectors.Merge(tensor,
        [.. tensor.Experts.Select((_, expert) => RankMask.Of(tensor, expert))], elects: false, write);
}
