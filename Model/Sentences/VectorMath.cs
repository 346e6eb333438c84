// Arithmetic of two vectors of one length, in the widest registers there are.
using System.Numerics;
using System.Runtime.InteropServices;

namespace Majlis.Model.Sentences;

public static class VectorMath
{
    /// <summary>The cosine of the angle between two vectors of one length; 0 where one of them is zero.</summary>
    public static float Cosine(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var norms = MathF.Sqrt(Dot(left, left) * Dot(right, right));
        return norms > 0 ? Dot(left, right) / norms : 0;
    }

    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var x = MemoryMarshal.Cast<float, Vector<float>>(left);
        var y = MemoryMarshal.Cast<float, Vector<float>>(right);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < x.Length; i++) sums += x[i] * y[i];
        var sum = Vector.Sum(sums);
        for (var i = x.Length * Vector<float>.Count; i < left.Length; i++) sum += left[i] * right[i];
        return sum;
    }
}
