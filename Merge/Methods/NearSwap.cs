// NearSwap (https://huggingface.co/alchemonaut/QuartetAnemoi-70B-t0.0001): moves the base towards the other model by t where they differ by
// more, and takes the other's element where they differ by less: b + min(1, t / |x - b|) (x - b).
using System.Collections.Immutable;
using Majlis.Merge.Arithmetic;

namespace Majlis.Merge.Methods;

public sealed class NearSwap : IMergeMethod
{
    const double LeastDifference = 1e-6;

    public string Name => "nearswap";

    public bool BaseIsOrigin => true;

    public ImmutableArray<MergeParameter> Parameters { get; } = [new("t", PerModel: false, Minimum: 0)];

    public string? Complaint(TensorTask tensor) =>
        tensor.Base < 0 ? "nearswap needs base_model: the model that moves"
        : tensor.Experts.Length != 1 ? $"nearswap merges base_model and one other model; here are {tensor.Experts.Length} others" : null;

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write)
    {
        var (chunks, t) = (new DeltaChunks(tensor), tensor.Shared("t"));
        foreach (var (_, length) in chunks.Walk())
        {
            var result = chunks.Origin.AsSpan(0, length);
            var delta = chunks.Deltas[0].AsSpan(0, length);
            for (var i = 0; i < length; i++)
                result[i] += Math.Min(1, t / Math.Max(Math.Abs(delta[i]), LeastDifference)) * delta[i];
            write(result);
        }
    }
}
