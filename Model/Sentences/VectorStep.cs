// What is done to a pooled vector before clients get it, module after module. Plain numbers.
namespace Majlis.Model.Sentences;

/// <summary>A module of sentence-transformers behind the pooling.</summary>
public abstract class VectorStep
{
    /// <summary>The vector, changed or replaced.</summary>
    public abstract float[] Apply(float[] vector);
}

/// <summary>To unit length, as sentence-transformers does it: divided by its norm, or by 1e-12 where that is larger.</summary>
public sealed class UnitLength : VectorStep
{
    const double Least = 1e-12;

    public override float[] Apply(float[] vector)
    {
        var sum = 0.0;
        foreach (var value in vector) sum += (double)value * value;
        var norm = Math.Max(Math.Sqrt(sum), Least);
        for (var i = 0; i < vector.Length; i++) vector[i] = (float)(vector[i] / norm);
        return vector;
    }
}
