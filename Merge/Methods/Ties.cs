// TIES (https://arxiv.org/abs/2306.01708): trims each task vector to its largest elements, elects each element's sign, and averages the
// elements that have it.
using System.Collections.Immutable;
using Majlis.Merge.Sparsity;

namespace Majlis.Merge.Methods;

public sealed class Ties : IMergeMethod
{
    public string Name => "ties";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } = TaskVectors.Parameters(normalize: true, rescale: false);

    public string? Complaint(TensorTask tensor) => TaskVectors.Complaint(tensor, Name, elects: true);

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write) => TaskVectors.Merge(tensor,
        MagnitudeWindow.Largest(tensor), elects: true, write);
}
