// DELLA (https://arxiv.org/abs/2406.11617): drops random elements of each task vector, small ones more often, scales the rest to the old
// sum of magnitudes, and averages those with the elected sign.
using System.Collections.Immutable;
using Majlis.Merge.Sparsity;

namespace Majlis.Merge.Methods;

public sealed class Della : IMergeMethod
{
    public string Name => "della";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } = TaskVectors.Parameters(normalize: true, rescale: true, RankMask.Epsilon);

    public string? Complaint(TensorTask tensor) =>
        TaskVectors.Complaint(tensor, Name, elects: true) ?? RankMask.Complaint(tensor);

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write) => TaskVectors.Merge(tensor,
        [.. tensor.Experts.Select((_, expert) => RankMask.Of(tensor, expert))], elects: true, write);
}
