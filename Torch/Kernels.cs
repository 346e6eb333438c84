// Sequences of small operations, compiled into one call each: at one token per step the calls cost the time, not the arithmetic. Each
// equals its counterpart in LayerOperations.cs.
using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace Majlis.Torch;

static class Kernels
{
    // x has any type, weight is fp32, `like` gives the type of the result.
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
        """;

    static readonly ConcurrentDictionary<float, Tensor> constants = [];

    static readonly Lazy<jit.CompilationUnit> unit = new(() => jit.compile(Source + "\n"));

    public static Tensor Rms(Tensor x, Tensor weight, Tensor like, float epsilon) => Call("rms", x, weight, like, Constant(epsilon));

    public static Tensor RotateHalves(Tensor x, Tensor cos, Tensor sin) => Call("rotate_halves", x, cos, sin);

    public static Tensor RotateNeighbours(Tensor x, Tensor cos, Tensor sin) => Call("rotate_neighbours", x, cos, sin);

    public static Tensor GatedSilu(Tensor gateUp) => Call("gated_silu", gateUp);

    public static Tensor GatedGelu(Tensor gateUp) => Call("gated_gelu", gateUp);

    // TorchSharp 0.107 passes numbers in an object that the collector may free before the call, so all arguments are tensors.
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
