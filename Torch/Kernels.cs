// Sequences of small operations compiled once into one call each: what costs time at one token a step is the calls, not the arithmetic.
// Also the only road to what TorchSharp does not bind (the scale of scaled_dot_product_attention). Each equals its piece in Pieces.cs.
using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch;

static class Kernels
{
    // x any type, weight fp32, `like` names the type of the result. In `attend*` q is [.., R, D], k and v [.., L, D].
    const string Source = """
        def rms(x, weight, like, eps):
            w = x.to(weight.dtype)
            return (w * torch.rsqrt(torch.mean(w * w, [-1], True) + eps) * weight).to(like.dtype)

        def rotate_halves(x, cos, sin):
            return (x * cos + torch.roll(x, [x.size(-1) // 2], [-1]) * sin).to(x.dtype)

        def rotate_neighbours(x, cos, sin):
            partner = torch.flatten(torch.flip(torch.unflatten(x, -1, [-1, 2]), [-1]), -2)
            return (x * cos + partner * sin).to(x.dtype)

        def gated_silu(x):
            gate, up = torch.chunk(x, 2, -1)
            return torch.silu(gate) * up

        def gated_gelu(x):
            gate, up = torch.chunk(x, 2, -1)
            return torch.gelu(gate, approximate="tanh") * up

        def attend(q, k, v, scale):
            return torch.scaled_dot_product_attention(q, k, v, None, 0.0, False, scale=float(scale))

        def attend_causal(q, k, v, scale):
            return torch.scaled_dot_product_attention(q, k, v, None, 0.0, True, scale=float(scale))

        def attend_masked(q, k, v, mask, scale):
            return torch.scaled_dot_product_attention(q, k, v, mask, 0.0, False, scale=float(scale))
        """;

    static readonly ConcurrentDictionary<float, Tensor> constants = [];

    static readonly Lazy<jit.CompilationUnit> unit = new(() => jit.compile(Source + "\n"));

    public static Tensor Rms(Tensor x, Tensor weight, Tensor like, float epsilon) => Call("rms", x, weight, like, Constant(epsilon));

    public static Tensor RotateHalves(Tensor x, Tensor cos, Tensor sin) => Call("rotate_halves", x, cos, sin);

    public static Tensor RotateNeighbours(Tensor x, Tensor cos, Tensor sin) => Call("rotate_neighbours", x, cos, sin);

    public static Tensor GatedSilu(Tensor gateUp) => Call("gated_silu", gateUp);

    public static Tensor GatedGelu(Tensor gateUp) => Call("gated_gelu", gateUp);

    public static Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal, float scale) => mask is not null
        ? Call("attend_masked", q, k, v, mask, Constant(scale))
        : Call(causal ? "attend_causal" : "attend", q, k, v, Constant(scale));

    // TorchSharp 0.107 hands numbers to the native side in an object that the collector may free before the call: tensors only.
    static Tensor Call(string name, params Tensor[] arguments)
    {
        var result = (Tensor)unit.Value.invoke(name, arguments);
        GC.KeepAlive(arguments);
        return result;
    }

    static Tensor Constant(float value) => constants.GetOrAdd(value, static number =>
    {
        using var scope = NewDisposeScope();
        return tensor((double)number).DetachFromDisposeScope();
    });
}
