// One AdamW update of one parameter in a single pass over memory, number for number as torch.optim.AdamW computes it. On this machine's
// processor only. Knows no schedule.
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Majlis.Torch;

/// <param name="Kept">1 - learning rate x weight decay.</param>
/// <param name="MeanShare">1 - beta1.</param>
/// <param name="SquareKept">beta2.</param>
/// <param name="SquareShare">1 - beta2.</param>
/// <param name="Root">Square root of 1 - beta2^t.</param>
/// <param name="Epsilon">Added to the root.</param>
/// <param name="Step">- learning rate / (1 - beta1^t).</param>
public readonly record struct AdamStep(float Kept, float MeanShare, float SquareKept, float SquareShare, float Root, float Epsilon,
    float Step)
{
    const int Part = 1 << 16;

    /// <summary>All fp32 and of one shape; value, mean and square change in place.</summary>
    public unsafe void Update(Tensor value, Tensor gradient, Tensor mean, Tensor square)
    {
        using var scope = NewDisposeScope();
        var slopes = gradient.contiguous();
        var (p, g, m, v) = (Address(value), Address(slopes), Address(mean), Address(square));
        var (count, step) = (value.numel(), this);
        Parallel.For(0L, (count + Part - 1) / Part, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, part =>
        {
            var (at, size) = (part * Part, (int)Math.Min(Part, count - part * Part));
            step.Update(new Span<float>((float*)p + at, size), new ReadOnlySpan<float>((float*)g + at, size),
                new Span<float>((float*)m + at, size), new Span<float>((float*)v + at, size));
        });
    }

    void Update(Span<float> values, ReadOnlySpan<float> slopes, Span<float> means, Span<float> squares)
    {
        var width = Vector512<float>.Count;
        var (root, epsilon, meanShare) = (Vector512.Create(Root), Vector512.Create(Epsilon), Vector512.Create(MeanShare));
        for (var i = 0; i < values.Length; i += width)
        {
            if (i + width > values.Length)
            {
                Rest(values[i..], slopes[i..], means[i..], squares[i..]);
                return;
            }
            var g = Vector512.Create(slopes[i..]);
            var m = Vector512.Create<float>(means[i..]);
            m += meanShare * (g - m);
            var v = Vector512.Create<float>(squares[i..]) * SquareKept + g * g * SquareShare;
            m.CopyTo(means[i..]);
            v.CopyTo(squares[i..]);
            var moved = m / (Vector512.Sqrt(v) / root + epsilon) * Step;
            (Vector512.Create<float>(values[i..]) * Kept + moved).CopyTo(values[i..]);
        }
    }

    void Rest(Span<float> values, ReadOnlySpan<float> slopes, Span<float> means, Span<float> squares)
    {
        for (var i = 0; i < values.Length; i++)
        {
            means[i] += MeanShare * (slopes[i] - means[i]);
            squares[i] = squares[i] * SquareKept + slopes[i] * slopes[i] * SquareShare;
            values[i] = values[i] * Kept + means[i] / (MathF.Sqrt(squares[i]) / Root + Epsilon) * Step;
        }
    }

    static unsafe nint Address(Tensor tensor) => (nint)TensorMemory.Of(tensor);
}
