// Reinforced agent merging (https://arxiv.org/abs/2601.13572): a task vector's element is active above epsilon. Where one is active it is
// added as it is, where several are, their mean.
using System.Collections.Immutable;
using Majlis.Merge.Arithmetic;

namespace Majlis.Merge.Methods;

public sealed class Ram : IMergeMethod
{
    public string Name => "ram";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } = [ActiveElements.Epsilon];

    public string? Complaint(TensorTask tensor) => tensor.Base < 0 ? "ram needs base_model: what the deltas are taken from" : null;

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write) =>
        ActiveElements.Merge(tensor, new DeltaChunks(tensor), [.. tensor.Experts.Select(_ => 1.0)], write);
}
