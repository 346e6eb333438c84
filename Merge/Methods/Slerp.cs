// Spherical linear interpolation of two models (https://en.wikipedia.org/wiki/Slerp) with each tensor as one vector:
// (sin((1-t)a) x0 + sin(ta) x1) / sin a. x0 is base_model; a is the angle between both; the vectors keep their lengths.
using System.Collections.Immutable;
using Majlis.Merge.Arithmetic;

namespace Majlis.Merge.Methods;

public sealed class Slerp : IMergeMethod
{
    /// <summary>From this cosine on, vectors count as lying on one line.</summary>
    const double OneLine = 0.9995;

    /// <summary>Vectors shorter than this have no direction.</summary>
    const double NoLength = 1e-8;

    public string Name => "slerp";

    public bool BaseIsOrigin => false;

    public ImmutableArray<MergeParameter> Parameters { get; } = [new("t", PerModel: false)];

    public string? Complaint(TensorTask tensor) =>
        tensor.BaseModel < 0 ? "slerp needs base_model: the model at t = 0, one of the two"
        : tensor.Experts.Length != 2 ? $"slerp merges two models, of which one is base_model; here are {tensor.Experts.Length}" : null;

    public void Merge(TensorTask tensor, Action<ReadOnlySpan<double>> write)
    {
        var gram = GramMatrix.Of(tensor);
        double Direction(int expert) => gram.Length(expert) > NoLength ? gram.Length(expert) : 1;
        var cosine = gram[0, 1] / (Direction(0) * Direction(1));
        var (first, second) = SphericalWeights.At(tensor.Shared("t"), cosine, onOneLine: Math.Abs(cosine) > OneLine);
        WeightedSum.Write(tensor, tensor.BaseModel == 0 ? [first, second] : [second, first], write);
    }
}
