// silu(gate) x up as one differentiable operation: a pass over memory forwards and one backwards. Its oracle is the library's silu and
// product. On this machine's processor only.
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Majlis.Torch.Packed;

sealed class GatedSilu : autograd.SingleTensorFunction<GatedSilu>
{
    const string Returned = "returned";

    // Numbers of a part: three of them stay in the first cache.
    const int Part = 2048;

    public override string Name => nameof(GatedSilu);

    /// <summary>gate and up of one shape and type.</summary>
    /// <param name="gate">The opening, before silu.</param>
    /// <param name="up">What it opens.</param>
    /// <param name="returned">Of the pass.</param>
    public static Tensor Run(Tensor gate, Tensor up, ReturnedGradients returned) => apply(gate.contiguous(), up.contiguous(), returned);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (gate, up) = ((Tensor)vars[0], (Tensor)vars[1]);
        var result = empty_like(gate);
        var (g, u, y, wide) = (Address(gate), Address(up), Address(result), gate.dtype == ScalarType.Float32);
        ForEachPart(gate.numel(), (at, count, a, b, _) =>
        {
            BrainFloats.Read(g, wide, at, a.AsSpan(0, count));
            BrainFloats.Read(u, wide, at, b.AsSpan(0, count));
            for (var i = 0; i < count; i += 16)
            {
                var x = Vector512.Create(a, i);
                (Vector512.Create(b, i) * x * Sigmoid(x)).CopyTo(a, i);
            }
            BrainFloats.Write(y, wide, at, a.AsSpan(0, count));
        });
        ctx.save_for_backward([gate, up]);
        ctx.save_data(Returned, vars[2]);
        return result;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
        ((ReturnedGradients)ctx.get_data(Returned)).Of(grad_output, gradient => [.. Gradients(ctx.get_saved_variables(), gradient), null!]);

    static List<Tensor> Gradients(List<Tensor> saved, Tensor gradient)
    {
        var (ofGate, ofUp) = (empty_like(saved[0]), empty_like(saved[1]));
        var (g, u, dy, wide) = (Address(saved[0]), Address(saved[1]), Address(gradient), gradient.dtype == ScalarType.Float32);
        var (dg, du) = (Address(ofGate), Address(ofUp));
        ForEachPart(gradient.numel(), (at, count, a, b, c) =>
        {
            BrainFloats.Read(g, wide, at, a.AsSpan(0, count));
            BrainFloats.Read(u, wide, at, b.AsSpan(0, count));
            BrainFloats.Read(dy, wide, at, c.AsSpan(0, count));
            for (var i = 0; i < count; i += 16)
            {
                var (x, slope) = (Vector512.Create(a, i), Vector512.Create(c, i));
                var share = Sigmoid(x);
                var opened = Vector512.Create(b, i);
                (slope * x * share).CopyTo(b, i);
                (slope * opened * share * (Vector512<float>.One + x * (Vector512<float>.One - share))).CopyTo(a, i);
            }
            BrainFloats.Write(dg, wide, at, a.AsSpan(0, count));
            BrainFloats.Write(du, wide, at, b.AsSpan(0, count));
        });
        return [ofGate, ofUp];
    }

    static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Vector512.Exp(-x));

    delegate void Work(long at, int count, float[] a, float[] b, float[] c);

    static void ForEachPart(long numbers, Work work) => Parallel.For(0L, (numbers + Part - 1) / Part,
        new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() },
        () => (new float[Part], new float[Part], new float[Part]), (part, _, room) =>
        {
            work(part * Part, (int)Math.Min(Part, numbers - part * Part), room.Item1, room.Item2, room.Item3);
            return room;
        }, _ => { });

    static unsafe nint Address(Tensor tensor) => (nint)TensorMemory.Of(tensor);
}
