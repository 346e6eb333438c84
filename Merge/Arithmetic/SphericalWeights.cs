// Spherical linear interpolation (https://en.wikipedia.org/wiki/Slerp) as two numbers to multiply the vectors by. Knows no tensors.
namespace Majlis.Merge.Arithmetic;

static class SphericalWeights
{
    /// <summary>
    /// sin((1-t)a) / sin a and sin(ta) / sin a at cosine <paramref name="cosine"/> of the angle a; 1-t and t where the vectors count as
    /// lying on one line.
    /// </summary>
    public static (double First, double Second) At(double t, double cosine, bool onOneLine)
    {
        if (onOneLine) return (1 - t, t);
        var angle = Math.Acos(Math.Clamp(cosine, -1, 1));
        var sine = Math.Sin(angle);
        return (Math.Sin((1 - t) * angle) / sine, Math.Sin(t * angle) / sine);
    }
}
