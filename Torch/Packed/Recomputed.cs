// A part of the network whose inner values are not kept for the gradient but computed again (https://arxiv.org/abs/1604.06174): less
// memory, one more pass, the same bits. Its oracle is the part itself.
using static TorchSharp.torch;

namespace Majlis.Torch.Packed;

sealed class Recomputed : autograd.SingleTensorFunction<Recomputed>
{
    const string Part = "part", Returned = "returned";

    public override string Name => nameof(Recomputed);

    /// <summary>part(x), with gradient to x and to all that the part holds.</summary>
    public static Tensor Run(Tensor x, Func<Tensor, Tensor> part, ReturnedGradients returned) =>
        // Without a gradient of its own the input would cut off the part's.
        apply(x.requires_grad ? x : x.detach().requires_grad_(true), part, returned);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, part) = ((Tensor)vars[0], (Func<Tensor, Tensor>)vars[1]);
        ctx.save_for_backward([x]);
        ctx.save_data(Part, part);
        ctx.save_data(Returned, vars[2]);
        using var still = no_grad();
        using var scope = NewDisposeScope(); // frees the inner values at once
        return part(x).MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
        ((ReturnedGradients)ctx.get_data(Returned)).Of(grad_output, gradient =>
        {
            using var graph = enable_grad();
            var x = ctx.get_saved_variables()[0].detach().requires_grad_(true);
            ((Func<Tensor, Tensor>)ctx.get_data(Part))(x).backward([gradient]);
            return [x.grad!, null!, null!];
        });
}
