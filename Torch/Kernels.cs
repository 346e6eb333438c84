// Sequences of small operations compiled once into one call each: what costs time at one token a step is the calls, not the arithmetic.
// Also the only road to what TorchSharp does not bind (the scale of scaled_dot_product_attention). Each equals its piece in Pieces.cs.
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch;

static class Kernels
{
    // x any type, weight fp32, `like` names the type of the result. In `attend*` q is [.., R, D], k and v [.., L, D].
    const string Source = """
        def rms(x, weight, like, eps: float):
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

        def attend(q, k, v, scale: float):
            return torch.scaled_dot_product_attention(q, k, v, None, 0.0, False, scale=scale)

        def attend_causal(q, k, v, scale: float):
            return torch.scaled_dot_product_attention(q, k, v, None, 0.0, True, scale=scale)

        def attend_masked(q, k, v, mask, scale: float):
            return torch.scaled_dot_product_attention(q, k, v, mask, 0.0, False, scale=scale)
        """;

    static readonly Lazy<jit.CompilationUnit> unit = new(() => jit.compile(Source + "\n"));

    public static Tensor Rms(Tensor x, Tensor weight, Tensor like, float epsilon) => Call("rms", x, weight, like, (double)epsilon);

    public static Tensor RotateHalves(Tensor x, Tensor cos, Tensor sin) => Call("rotate_halves", x, cos, sin);

    public static Tensor RotateNeighbours(Tensor x, Tensor cos, Tensor sin) => Call("rotate_neighbours", x, cos, sin);

    public static Tensor GatedSilu(Tensor gateUp) => Call("gated_silu", gateUp);

    public static Tensor GatedGelu(Tensor gateUp) => Call("gated_gelu", gateUp);

    public static Tensor Attend(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal, float scale) => mask is not null
        ? Call("attend_masked", q, k, v, mask, (double)scale)
        : Call(causal ? "attend_causal" : "attend", q, k, v, (double)scale);

    static Tensor Call(string name, params object[] arguments) => (Tensor)unit.Value.invoke(name, arguments);
}
