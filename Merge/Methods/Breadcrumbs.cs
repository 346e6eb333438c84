// Model breadcrumbs (https://arxiv.org/abs/2312.06795): drops the very largest and the smallest elements of each task vector, and adds up
// the rest.
using System.Collections.Immutable;
using Majlis.Merge.Sparsity;

namespace Majlis.Merge.Methods;

public sealed class Breadcrumbs : IMergeMethod
{
    public string Name => "breadcrumbs";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } =
        TaskVectors.Parameters(normalize: false, rescale: false, MagnitudeWindow.Gamma);

    public string? Complaint(TensorTask tensor) => TaskVectors.Complaint(tensor, Name, elects: false);

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write) => TaskVectors.Merge(tensor,
        MagnitudeWindow.Middle(tensor), elects: false, write);
}
