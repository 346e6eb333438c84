// Karcher mean on the sphere (https://doi.org/10.1002/cpa.3160300502): the unit vector from which the tangents to all models' directions
// sum to zero, found by a fixed-point iteration, stretched to the mean length. All models weigh the same; a zero tensor counts in the
// length only.
using System.Collections.Immutable;
using Majlis.Merge.Arithmetic;

namespace Majlis.Merge.Methods;

public sealed class Karcher : IMergeMethod
{
    public string Name => "karcher";

    public bool BaseIsOrigin => false;

    public ImmutableArray<MergeParameter> Parameters { get; } =
    [
        new("max_iter", PerModel: false, Default: 10, Minimum: 1, Maximum: 10_000) { IsWhole = true },
        new("tol", PerModel: false, Default: 1e-5, Minimum: 0),
    ];

    public string? Complaint(TensorTask tensor) =>
        tensor.Experts.Length < 2 ? $"karcher needs two models or more; here is {tensor.Experts.Length}" : null;

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write)
    {
        var (gram, tolerance) = (GramMatrix.Of(tensor), tensor.Shared("tol"));
        var lengths = Enumerable.Range(0, gram.Experts).Select(gram.Length).ToArray();
        var inverse = lengths.Select(length => length > tolerance ? 1 / length : 0).ToArray();
        var mean = Start(gram, inverse, tolerance);
        for (var turn = 0; turn < tensor.Shared("max_iter"); turn++)
            if (!Step(gram, inverse, mean, tolerance)) break;
        WeightedSum.Write(tensor, [.. mean.Select(coefficient => coefficient * lengths.Average())], write);
    }

    /// <summary>The mean direction as one coefficient for each expert; the first direction where they cancel each other.</summary>
    static double[] Start(GramMatrix gram, double[] inverse, double tolerance)
    {
        var count = Math.Max(1, inverse.Count(each => each > 0));
        var mean = inverse.Select(each => each / count).ToArray();
        var length = Math.Sqrt(Math.Max(0, gram.Dot(mean, mean)));
        if (length >= tolerance && length > 0) return [.. mean.Select(each => each / length)];
        var first = Array.FindIndex(inverse, each => each > 0);
        return [.. inverse.Select((each, expert) => expert == first ? each : 0)];
    }

    /// <summary>Moves <paramref name="mean"/> along the mean tangent; false where it is too short to matter.</summary>
    static bool Step(GramMatrix gram, double[] inverse, double[] mean, double tolerance)
    {
        var count = inverse.Count(each => each > 0);
        var (tangent, unit) = (new double[mean.Length], new double[mean.Length]);
        for (var expert = 0; expert < mean.Length; expert++)
        {
            if (inverse[expert] == 0) continue;
            Array.Clear(unit);
            unit[expert] = inverse[expert];
            var cosine = Math.Clamp(gram.Dot(mean, unit), -1, 1);
            var angle = Math.Acos(cosine);
            if (angle < tolerance || angle == 0) continue;
            var factor = angle / Math.Sin(angle) / count;
            tangent[expert] += factor * inverse[expert];
            for (var i = 0; i < mean.Length; i++) tangent[i] -= factor * cosine * mean[i];
        }
        var length = Math.Sqrt(Math.Max(0, gram.Dot(tangent, tangent)));
        if (length < tolerance || length == 0) return false;
        for (var i = 0; i < mean.Length; i++) mean[i] = Math.Cos(length) * mean[i] + Math.Sin(length) * tangent[i] / length;
        var norm = Math.Sqrt(Math.Max(0, gram.Dot(mean, mean)));
        if (norm > tolerance)
            for (var i = 0; i < mean.Length; i++) mean[i] /= norm;
        return true;
    }
}
