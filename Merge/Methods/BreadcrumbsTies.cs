// Model breadcrumbs (https://arxiv.org/abs/2312.06795) with the election of signs of TIES (https://arxiv.org/abs/2306.01708).
using System.Collections.Immutable;
using Majlis.Merge.Sparsity;

namespace Majlis.Merge.Methods;

public sealed class BreadcrumbsTies : IMergeMethod
{
    public string Name => "breadcrumbs_ties";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } =
        TaskVectors.Parameters(normalize: false, rescale: false, MagnitudeWindow.Gamma);

    public string? Complaint(TensorTask tensor) => TaskVectors.Complaint(tensor, Name, elects: true);

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write) => TaskVectors.Merge(tensor,
        MagnitudeWindow.Middle(tensor), elects: true, write);
}
