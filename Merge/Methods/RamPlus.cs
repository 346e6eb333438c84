// Reinforced agent merging plus, within each tensor (https://arxiv.org/abs/2601.13572): as ram, but an element that one task vector alone
// has is scaled by 1 + r x min(alpha, shared / unique), where these count the vector's active elements with and without company.
using System.Collections.Immutable;
using Majlis.Merge.Arithmetic;

namespace Majlis.Merge.Methods;

public sealed class RamPlus : IMergeMethod
{
    public string Name => "ramplus_tl";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } =
        [ActiveElements.Epsilon, new("r", PerModel: false, Default: 0.1), new("alpha", PerModel: false, Default: 0.2, Minimum: 0)];

    public string? Complaint(TensorTask tensor) => tensor.Base < 0 ? "ramplus_tl needs base_model: what the deltas are taken from" : null;

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write)
    {
        var (chunks, epsilon) = (new DeltaChunks(tensor), tensor.Shared("epsilon"));
        var (shared, unique) = (new long[chunks.Deltas.Length], new long[chunks.Deltas.Length]);
        foreach (var (_, length) in chunks.Walk())
            for (var i = 0; i < length; i++)
            {
                var counts = ActiveElements.Count(chunks.Deltas, i, epsilon) > 1 ? shared : unique;
                for (var expert = 0; expert < counts.Length; expert++)
                    if (Math.Abs(chunks.Deltas[expert][i]) > epsilon) counts[expert]++;
            }
        // A vector without unique elements has nothing to scale; epsilon only keeps the division defined, as in mergekit.
        var scales = shared.Zip(unique, (with, alone) =>
            1 + tensor.Shared("r") * Math.Clamp(with / Math.Max(alone, Math.Max(epsilon, double.Epsilon)), 0, tensor.Shared("alpha")));
        ActiveElements.Merge(tensor, chunks, [.. scales], write);
    }
}
