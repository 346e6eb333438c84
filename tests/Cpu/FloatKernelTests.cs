// Floating-point kernels in one vector of 512 bits and in two of 256: equal bits, on any processor.
using Majlis.Cpu;
using Majlis.Cpu.Kernels;
using Majlis.Model;
using Xunit;

namespace Majlis.tests.Cpu;

public sealed unsafe class FloatKernelTests
{
    const int Count = 160;

    static readonly float[] strained = [0, -0f, 1e-42f, -1e-30f, 88, -87, 200, -200, 1e30f, float.NaN, float.PositiveInfinity,
        float.NegativeInfinity];

    [Theory]
    [InlineData(Activation.Silu)]
    [InlineData(Activation.GeluTanh)]
    [InlineData(Activation.GeluErf)]
    [InlineData(Activation.Relu)]
    public void Activations_are_the_same_in_both_widths(Activation activation) =>
        Same((x, y) => Activations.Apply<WholeFloats>(activation, x, x, y, Count),
            (x, y) => Activations.Apply<HalvedFloats>(activation, x, x, y, Count), strained);

    [Theory]
    [InlineData(NormKind.Rms)]
    [InlineData(NormKind.Layer)]
    public void Norms_are_the_same_in_both_widths(NormKind kind) =>
        Same((x, y) => Norms.Apply<WholeFloats>(kind, x, x, null, y, Count - 3, 1e-5f),
            (x, y) => Norms.Apply<HalvedFloats>(kind, x, x, null, y, Count - 3, 1e-5f), []);

    [Fact]
    public void Rounding_is_the_same_in_both_widths() =>
        Same((x, y) => ShortRounding.Round<WholeFloats>(x, 60, 1000, (short*)y),
            (x, y) => ShortRounding.Round<HalvedFloats>(x, 60, 1000, (short*)y), []);

    delegate void Kernel(float* x, float* y);

    static void Same(Kernel one, Kernel other, float[] strained)
    {
        var random = new Random(1);
        using var x = new NativeBuffer(Count * sizeof(float));
        using var first = new NativeBuffer(Count * sizeof(float));
        using var second = new NativeBuffer(Count * sizeof(float));
        for (var i = 0; i < Count; i++)
            ((float*)x.Start)[i] = i < strained.Length ? strained[i] : (float)(random.NextDouble() * 20 - 10);
        one((float*)x.Start, (float*)first.Start);
        other((float*)x.Start, (float*)second.Start);
        Assert.Equal(Bits(first), Bits(second));

        static uint[] Bits(NativeBuffer numbers) => [.. new Span<float>(numbers.Start, Count).ToArray()
            .Select(number => float.IsNaN(number) ? uint.MaxValue : BitConverter.SingleToUInt32Bits(number))];
    }
}
