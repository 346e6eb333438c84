// Rounds 32 fp32 numbers to an integer format. The error of a number is at most half a step: max |w| / 254 in Int8, (max w - min w) / 30 in
// Int4Min, and what rounding scale and minimum to fp16 adds.
using System.Runtime.CompilerServices;

namespace Majlis.Cpu.Weights;

static class BlockQuantising
{
    /// <summary>Rounds to Int8, Int4 or Int4Min; <paramref name="numbers"/> [32] receives the integers.</summary>
    /// <exception cref="ArithmeticException">A number is not finite, or too large for a scale in fp16.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static QuantisedBlock Round(WeightFormat format, ReadOnlySpan<float> block, Span<sbyte> numbers)
    {
        float least = 0, most = 0;
        foreach (var number in block)
        {
            if (!float.IsFinite(number)) throw new ArithmeticException($"a weight is {number}");
            (least, most) = (Math.Min(least, number), Math.Max(most, number));
        }
        var minimum = format == WeightFormat.Int4Min ? (Half)least : (Half)0;
        // Int4's numbers reach one step further down than up: the number of the largest size goes there.
        var step = format switch
        {
            WeightFormat.Int8 => Math.Max(-least, most) / 127,
            WeightFormat.Int4 => (-least > most ? -least : -most) / 8,
            _ => (most - (float)minimum) / 15,
        };
        var scale = (Half)step;
        if (!Half.IsFinite(scale) || !Half.IsFinite(minimum))
            throw new ArithmeticException($"weights from {least} to {most} need a scale beyond fp16");
        var (low, high) = format switch
        {
            WeightFormat.Int8 => (-127, 127),
            WeightFormat.Int4 => (-8, 7),
            _ => (0, 15),
        };
        var inverse = scale == (Half)0 ? 0 : 1 / (float)scale;
        for (var i = 0; i < block.Length; i++)
            numbers[i] = (sbyte)Math.Clamp(MathF.Round((block[i] - (float)minimum) * inverse), low, high);
        return new QuantisedBlock(numbers, scale, minimum);
    }
}
