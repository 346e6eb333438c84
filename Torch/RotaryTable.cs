// Cosines and sines of one rotation, computed in fp32 as in transformers: angle = position x inverse frequency, rounded once. The sine
// carries the sign of the rotation, so that both styles are x * cos + partner(x) * sin.
using Majlis.Model;
using static TorchSharp.torch;

namespace Majlis.Torch;

static class RotaryTable
{
    /// <summary>
    /// [R/2], in radians per position, with torch's own powers: for sixteen values and more its vectorised ones round otherwise.
    /// </summary>
    public static float[] InverseFrequencies(Rotary rotary, int length) =>
        rotary.InverseFrequencies(length, theta => Powers(theta, rotary.Dimensions));

    // theta^(2i / dimensions)
    static float[] Powers(double theta, int dimensions)
    {
        using var scope = NewDisposeScope();
        var exponents = Numbers.Count(0, dimensions / 2, CPU).to(ScalarType.Float32).Times(2).Over(dimensions);
        return tensor((float)theta).pow(exponents).data<float>().ToArray();
    }

    /// <summary>positions [...] (int64) to cos and sin [..., R]; R = rotated elements of a head.</summary>
    public static (Tensor Cos, Tensor Sin) Angles(Rotary rotary, Tensor positions, int length)
    {
        using var scope = NewDisposeScope();
        using var frequencies = tensor(InverseFrequencies(rotary, length), device: positions.device);
        var angles = positions.to(ScalarType.Float32).unsqueeze(-1) * frequencies; // [..., R/2]
        var (cos, sin) = (angles.cos().Times(rotary.AttentionFactor), angles.sin().Times(rotary.AttentionFactor));
        var (wide, signed) = rotary.Style == RotaryStyle.HalfSplit
            ? (cat([cos, cos], -1), cat([-sin, sin], -1))
            : (Pairs(cos, cos), Pairs(-sin, sin));
        return scope.MoveToOuter(wide, signed);

        static Tensor Pairs(Tensor even, Tensor odd) => stack([even, odd], -1).reshape([.. even.shape[..^1], 2 * even.shape[^1]]);
    }
}
