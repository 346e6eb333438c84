// The norm by the root of the mean square as one differentiable operation, in one pass over memory each way and in the type that the next
// product takes. It saves its input and one number a group. Its oracle is LayerOperations.Norm. On this machine's processor only.
// Legend: N rows of n groups of W elements.
using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Majlis.Model;
using static TorchSharp.torch;

namespace Majlis.Torch.Packed;

sealed class RootMeanNorm : autograd.SingleTensorFunction<RootMeanNorm>
{
    const string Call = "call";

    public override string Name => nameof(RootMeanNorm);

    /// <summary>Whether a norm is one of these.</summary>
    public static bool Fits(NormBlueprint norm) => norm is { Kind: NormKind.Rms, Rows: null, HasBias: false };

    /// <summary>x [N, n*W] fp32 or bf16 to the same shape.</summary>
    /// <param name="x">What is normed.</param>
    /// <param name="weight">[W] fp32, without the offset.</param>
    /// <param name="norm">Epsilon and offset.</param>
    /// <param name="type">Of the result.</param>
    /// <param name="returned">Of the pass.</param>
    public static Tensor Run(Tensor x, Tensor weight, NormBlueprint norm, ScalarType type, ReturnedGradients returned) =>
        apply(x.contiguous(), weight, new Settings(norm, type, returned));

    sealed record Settings(NormBlueprint Norm, ScalarType Type, ReturnedGradients Returned);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, settings) = ((Tensor)vars[0], (Tensor)vars[1], (Settings)vars[2]);
        var y = empty(x.shape, settings.Type);
        var groups = new NormedGroups(x, weight, settings.Norm);
        var inverses = groups.Forward(y);
        ctx.save_for_backward([x, weight, inverses]);
        ctx.save_data(Call, settings);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var settings = (Settings)ctx.get_data(Call);
        return settings.Returned.Of(grad_output, gradient =>
        {
            var saved = ctx.get_saved_variables();
            var groups = new NormedGroups(saved[0], saved[1], settings.Norm);
            return [groups.Backward(saved[2], gradient), saved[1].requires_grad ? groups.OfWeight(saved[2], gradient) : null!, null!];
        });
    }
}

/// <summary>The groups of one input, a part of them on each thread.</summary>
sealed class NormedGroups
{
    const int Part = 64;

    readonly Tensor x;
    readonly float[] scale;
    readonly int width;
    readonly float epsilon;

    public NormedGroups(Tensor x, Tensor weight, NormBlueprint norm)
    {
        (this.x, width, epsilon) = (x, norm.Width, norm.Epsilon);
        scale = weight.detach().data<float>().ToArray();
        foreach (ref var value in scale.AsSpan()) value += norm.Offset;
    }

    long Groups => x.numel() / width;

    /// <summary>Fills <paramref name="y"/>; gives each group's 1 / root.</summary>
    public Tensor Forward(Tensor y)
    {
        var roots = new float[Groups];
        var (from, to) = (Place.Of(x), Place.Of(y));
        ForEachGroup((group, own, _) =>
        {
            from.Read(group * width, own);
            roots[group] = 1 / MathF.Sqrt(Dot(own, own) / width + epsilon);
            Scale(own, roots[group]);
            to.Write(group * width, own);
        });
        return tensor(roots);
    }

    /// <summary>dx = r (g s) - x r^3 mean(g s x): r the inverse, s the scale.</summary>
    public Tensor Backward(Tensor inverses, Tensor gradient)
    {
        var (result, roots) = (empty_like(x), inverses.data<float>().ToArray());
        var (from, slopes, to) = (Place.Of(x), Place.Of(gradient), Place.Of(result));
        ForEachGroup((group, own, slope) =>
        {
            from.Read(group * width, own);
            slopes.Read(group * width, slope);
            Scale(slope, 1);
            var root = roots[group];
            Combine(slope, root, own, -Dot(own, slope) / width * root * root * root);
            to.Write(group * width, slope);
        });
        return result;
    }

    /// <summary>[W]: sum of g x r over all groups, by the library.</summary>
    public Tensor OfWeight(Tensor inverses, Tensor gradient)
    {
        var normed = x.to(ScalarType.Float32).view(-1, width) * inverses.unsqueeze(1);
        return (normed * gradient.to(ScalarType.Float32).view(-1, width)).sum([0]);
    }

    delegate void Work(long group, Span<float> own, Span<float> slope);

    void ForEachGroup(Work work) => Parallel.For(0L, (Groups + Part - 1) / Part,
        new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, part =>
        {
            var room = ArrayPool<float>.Shared.Rent(2 * width);
            for (var group = part * Part; group < Math.Min(Groups, (part + 1) * Part); group++)
                work(group, room.AsSpan(0, width), room.AsSpan(width, width));
            ArrayPool<float>.Shared.Return(room);
        });

    void Scale(Span<float> numbers, float first)
    {
        var vectors = MemoryMarshal.Cast<float, Vector512<float>>(numbers);
        var factors = MemoryMarshal.Cast<float, Vector512<float>>(scale);
        for (var i = 0; i < vectors.Length; i++) vectors[i] = vectors[i] * first * factors[i];
        for (var i = vectors.Length * 16; i < numbers.Length; i++) numbers[i] *= first * scale[i];
    }

    /// <summary>x = a x + b y</summary>
    static void Combine(Span<float> x, float a, ReadOnlySpan<float> y, float b)
    {
        var own = MemoryMarshal.Cast<float, Vector512<float>>(x);
        var other = MemoryMarshal.Cast<float, Vector512<float>>(y);
        for (var i = 0; i < own.Length; i++) own[i] = own[i] * a + other[i] * b;
        for (var i = own.Length * 16; i < x.Length; i++) x[i] = x[i] * a + y[i] * b;
    }

    static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var own = MemoryMarshal.Cast<float, Vector512<float>>(x);
        var other = MemoryMarshal.Cast<float, Vector512<float>>(y);
        var sums = Vector512<float>.Zero;
        for (var i = 0; i < own.Length; i++) sums = Vector512.FusedMultiplyAdd(own[i], other[i], sums);
        var sum = Vector512.Sum(sums);
        for (var i = own.Length * 16; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }

    /// <summary>Where a tensor's numbers lie, fp32 or bf16.</summary>
    readonly record struct Place(nint Start, bool Wide)
    {
        public static unsafe Place Of(Tensor tensor) => new((nint)TensorMemory.Of(tensor), tensor.dtype == ScalarType.Float32);

        public void Read(long at, Span<float> to) => BrainFloats.Read(Start, Wide, at, to);

        public void Write(long at, ReadOnlySpan<float> from) => BrainFloats.Write(Start, Wide, at, from);
    }
}
