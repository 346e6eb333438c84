// Task vectors' elements that are active, which is larger than epsilon: what both kinds of reinforced agent merging share.
using Majlis.Merge.Methods;

namespace Majlis.Merge.Arithmetic;

static class ActiveElements
{
    public static MergeParameter Epsilon { get; } = new("epsilon", PerModel: false, Default: 1e-5, Minimum: 0);

    /// <summary>How many experts are active in one element.</summary>
    public static int Count(double[][] deltas, int element, double epsilon)
    {
        var count = 0;
        foreach (var delta in deltas)
            if (Math.Abs(delta[element]) > epsilon) count++;
        return count;
    }

    /// <summary>base + the mean of the active elements; an element that is active alone is multiplied by its expert's scale.</summary>
    public static void Merge(TensorTask tensor, DeltaChunks chunks, double[] scales, Action<ReadOnlySpan<double>> write)
    {
        var epsilon = tensor.Shared("epsilon");
        foreach (var (_, length) in chunks.Walk())
        {
            for (var i = 0; i < length; i++)
            {
                var count = Count(chunks.Deltas, i, epsilon);
                for (var expert = 0; expert < scales.Length; expert++)
                {
                    var delta = chunks.Deltas[expert][i];
                    if (Math.Abs(delta) > epsilon) chunks.Origin[i] += count == 1 ? delta * scales[expert] : delta / count;
                }
            }
            write(chunks.Origin.AsSpan(0, length));
        }
    }
}
