// Arithmetic of tensors with plain numbers, safe under the garbage collector. TorchSharp 0.107 wraps every number, also the hidden factor 1
// of a sum, in an object whose native half the finalizer may free during the native call. On a busy machine this ends in "Expected false to
// be true" or in a wrong number. Here the objects are made once and kept.
using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch;

/// <summary>For the few numbers that come from a network or from options: each is kept for ever.</summary>
public static class Numbers
{
    static readonly ConcurrentDictionary<double, Scalar> real = [];
    static readonly ConcurrentDictionary<long, Scalar> whole = [];

    public static Scalar Of(double number) => real.GetOrAdd(number, static value => value.ToScalar());

    public static Scalar Of(long number) => whole.GetOrAdd(number, static value => value.ToScalar());

    static Scalar One { get; } = Of(1L);

    static Scalar MinusOne { get; } = Of(-1L);

    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, One);

    public static Tensor Plus(this Tensor x, double number) => x.add(Of(number), One);

    public static Tensor Minus(this Tensor x, Tensor y) => x.add(y, MinusOne);

    /// <summary>number - x</summary>
    public static Tensor From(this double number, Tensor x) => x.neg().add(Of(number), One);

    public static Tensor Over(this Tensor x, double number) => x.div(Of(number));

    public static Tensor Squared(this Tensor x) => x * x;

    public static Tensor PlusInPlace(this Tensor x, Tensor y) => x.add_(y, One);

    public static Tensor Times(this Tensor x, double number) => x.mul(Of(number));

    public static Tensor TimesInPlace(this Tensor x, double number) => x.mul_(Of(number));

    /// <summary>x with <paramref name="number"/> wherever the mask is true.</summary>
    public static Tensor Masked(this Tensor x, Tensor where, double number) => x.masked_fill(where, Of(number));

    /// <summary>The value of a tensor with one element, whatever its type.</summary>
    public static double Number(this Tensor x)
    {
        using var value = x.ToScalar();
        return value.ToDouble();
    }

    /// <summary>[count] int64: first, first + 1, ...</summary>
    public static Tensor Count(long first, long count, Device device)
    {
        var values = new long[count];
        for (var i = 0L; i < count; i++) values[i] = first + i;
        return tensor(values, device: device);
    }
}
