// Packed attention as one differentiable operation: rotation, causal scores within each sequence, mixed values. Saves its inputs, its
// output and one number a query. On this machine's processor only.
using static TorchSharp.torch;

namespace Majlis.Torch.Packed;

sealed class PackedAttention : autograd.SingleTensorFunction<PackedAttention>
{
    const string Plan = "plan", Returned = "returned";

    public override string Name => nameof(PackedAttention);

    /// <summary>queries [N, H*D], keys and values [N, K*D] of one type to [N, H*D]; rows of no sequence become 0.</summary>
    public static Tensor Run(Tensor queries, Tensor keys, Tensor values, AttentionPlan plan, ReturnedGradients returned) =>
        apply(queries.contiguous(), keys.contiguous(), values.contiguous(), plan, returned);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (queries, keys, values, plan) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (AttentionPlan)vars[3]);
        var mixed = zeros_like(queries);
        var logs = zeros([queries.shape[0], plan.Heads]);
        var data = Addresses(queries, keys, values, mixed, logs);
        plan.ForEach((fork, keyHead) =>
        {
            using var pass = new AttentionPass(plan, data, fork, keyHead);
            pass.Forward();
        });
        ctx.save_for_backward([queries, keys, values, mixed, logs]);
        ctx.save_data(Plan, plan);
        ctx.save_data(Returned, vars[4]);
        return mixed;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
        ((ReturnedGradients)ctx.get_data(Returned)).Of(grad_output, gradient =>
            [.. Gradients(ctx.get_saved_variables(), (AttentionPlan)ctx.get_data(Plan), gradient), null!, null!]);

    static List<Tensor> Gradients(List<Tensor> saved, AttentionPlan plan, Tensor gradient)
    {
        var data = Addresses(saved[0], saved[1], saved[2], saved[3], saved[4]);
        List<Tensor> gradients = [zeros_like(saved[0]), zeros_like(saved[1]), zeros_like(saved[2])];
        var (from, ofQueries, ofKeys, ofValues) =
            (Address(gradient), Address(gradients[0]), Address(gradients[1]), Address(gradients[2]));
        plan.ForEach((fork, keyHead) =>
        {
            using var pass = new AttentionPass(plan, data, fork, keyHead);
            pass.Backward(from, ofQueries, ofKeys, ofValues);
        });
        return gradients;
    }

    static AttentionTensors Addresses(Tensor queries, Tensor keys, Tensor values, Tensor mixed, Tensor logs) =>
        new(Address(queries), Address(keys), Address(values), Address(mixed), Address(logs), queries.dtype == ScalarType.Float32);

    static unsafe nint Address(Tensor tensor) => (nint)TensorMemory.Of(tensor);
}
