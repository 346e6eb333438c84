// The small differentiable operations that the plain transformer and the serving network share. No weights, no cache. Norms, rotation and
// soft-caps compute in fp32 and return the input's type.
using Majlis.Model;
using static TorchSharp.torch;

namespace Majlis.Torch;

static class LayerOperations
{
    /// <summary>
    /// x [..., n * Width] normalised over groups of Width; weight [Width] or [Rows, Width], fp32 or x's type, without the offset added.
    /// </summary>
    public static Tensor Norm(Tensor x, NormBlueprint norm, Tensor weight, Tensor? bias)
    {
        var groups = x.to(ScalarType.Float32).unflatten(x.dim() - 1, [x.shape[^1] / norm.Width, norm.Width]); // [..., n, Width]
        if (norm.Kind == NormKind.Layer) groups = groups - groups.mean([-1], keepdim: true);
        var normed = groups * groups.Squared().mean([-1], keepdim: true).Plus(norm.Epsilon).rsqrt();
        normed = normed * weight.to(ScalarType.Float32).Plus(norm.Offset);
        if (bias is not null) normed = normed.Plus(bias.to(ScalarType.Float32));
        return normed.view(x.shape).to(x.dtype);
    }

    /// <summary>
    /// x [..., heads, D] rotated by cos and sin [..., 1, R], R of D elements; the tables are <see cref="RotaryTable"/>'s.
    /// </summary>
    public static Tensor Rotate(Tensor x, Tensor cos, Tensor sin, RotaryStyle style)
    {
        var (all, rotated) = (x.shape[^1], cos.shape[^1]);
        var turning = (rotated == all ? x : x.narrow(-1, 0, rotated)).to(ScalarType.Float32);
        var partner = style == RotaryStyle.HalfSplit ? turning.roll(rotated / 2, -1)
            : turning.reshape([.. x.shape[..^1], rotated / 2, 2]).flip(-1).reshape(turning.shape);
        var turned = (turning * cos).Plus(partner * sin).to(x.dtype);
        return rotated == all ? turned : cat([turned, x.narrow(-1, rotated, all - rotated)], -1);
    }

    public static Tensor Activate(Tensor x, Activation activation) => activation switch
    {
        Activation.Silu => nn.functional.silu(x),
        Activation.GeluTanh => x.gelu(TorchSharp.Modules.GELU.Approximate.tanh),
        Activation.GeluErf => nn.functional.gelu(x),
        _ => nn.functional.relu(x),
    };

    /// <summary>c tanh(x / c); x itself without a cap.</summary>
    public static Tensor SoftCap(Tensor x, float? cap) => cap is { } c ? x.div(Numbers.Of(c)).tanh().Times(c) : x;
}
