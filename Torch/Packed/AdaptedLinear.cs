// A frozen projection with an adapter's two factors on it as one differentiable operation. It saves x in its own type and the narrow
// product, where the library's operations would save a wide copy of x for each projection. Its oracle is LoraModule.
// Legend: N rows, r rank.
using static TorchSharp.torch;

namespace Majlis.Torch.Packed;

sealed class AdaptedLinear : autograd.SingleTensorFunction<AdaptedLinear>
{
    const string Call = "call";

    public override string Name => nameof(AdaptedLinear);

    /// <param name="Scale">Of the factors' product.</param>
    /// <param name="Returned">Of the pass.</param>
    sealed record Settings(double Scale, ReturnedGradients Returned);

    /// <summary>x [N, Inputs] to [N, Outputs] in the type of x.</summary>
    /// <param name="x">Of any type.</param>
    /// <param name="weight">[Outputs, Inputs] in the type of x, without gradient.</param>
    /// <param name="bias">[Outputs] in the type of x, without gradient, or null.</param>
    /// <param name="a">[r, Inputs] fp32.</param>
    /// <param name="b">[Outputs, r] fp32.</param>
    /// <param name="scale">Of their product.</param>
    /// <param name="returned">Of the pass.</param>
    public static Tensor Run(Tensor x, Tensor weight, Tensor? bias, Tensor a, Tensor b, double scale, ReturnedGradients returned) =>
        apply(x, a, b, weight, bias!, new Settings(scale, returned));

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        var (x, a, b, weight, bias) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3], (Tensor?)vars[4]);
        var settings = (Settings)vars[5];
        var narrow = nn.functional.linear(x.to(ScalarType.Float32), a); // [N, r]
        var y = nn.functional.linear(x, weight, bias);
        y.PlusInPlace(nn.functional.linear(narrow, b).TimesInPlace(settings.Scale).to(y.dtype));
        ctx.save_for_backward([x, a, b, weight, narrow.MoveToOuterDisposeScope()]);
        ctx.save_data(Call, settings);
        return y.MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var settings = (Settings)ctx.get_data(Call);
        return settings.Returned.Of(grad_output, gradient =>
        {
            var saved = ctx.get_saved_variables();
            var (x, a, b, weight, narrow) = (saved[0], saved[1], saved[2], saved[3], saved[4]);
            var ofDelta = gradient.to(ScalarType.Float32).Times(settings.Scale); // [N, Outputs]
            var ofNarrow = ofDelta.matmul(b); // [N, r]
            var ofInput = !x.requires_grad ? null
                : gradient.matmul(weight).PlusInPlace(ofNarrow.matmul(a).to(x.dtype));
            return [ofInput!, ofNarrow.t().matmul(x.to(ScalarType.Float32)), ofDelta.t().matmul(narrow), null!, null!, null!];
        });
    }
}
