// Exponential, tanh and erf of 16 numbers at once, in the single-precision polynomials of the Cephes library (https://netlib.org/cephes/)
// and of Abramowitz and Stegun, 7.1.26.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Majlis.Cpu.Kernels;

static class Exponential
{
    // Below, the result is 0, exactly: what is masked must leave no trace.
    const float Least = -87;
    const float Most = 88;

    /// <summary>e^x within 2 units in the last place; e^88 for more than 88; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // The second operand of these is kept where a number is none.
        var within = Vector512.MinNative(Vector512.Create(Most), x);
        var n = Vector512.Round(within * 1.44269504f);
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), within);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        var p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r) + Vector512<float>.One;
        var power = ((Vector512.ConvertToInt32Native(n) + Vector512.Create(127)) << 23).AsSingle();
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(Least)), Vector512<float>.Zero, p * power);
    }

    /// <summary>2^x for x of at most 0, within 3e-6 of it; 0 below -126; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Power2(Vector512<float> x)
    {
        // The first terms of the series of e^(r log 2).
        var n = Vector512.Round(x);
        var r = x - n;
        var p = Vector512.FusedMultiplyAdd(Vector512.Create(1.33335581e-3f), r, Vector512.Create(9.61812911e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.55041087e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(2.40226507e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(6.93147181e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);
        var power = (p.AsInt32() + (Vector512.ConvertToInt32Native(n) << 23)).AsSingle();
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(-126f)), Vector512<float>.Zero, power);
    }

    /// <summary>Within 2e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        var one = Vector512<float>.One;
        return one - Vector512.Create(2f) / (Exp(x + x) + one);
    }

    /// <summary>Within 3e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Erf(Vector512<float> x)
    {
        var size = Vector512.Abs(x);
        var t = Vector512<float>.One / Vector512.FusedMultiplyAdd(size, Vector512.Create(0.3275911f), Vector512<float>.One);
        var p = Vector512.Create(1.061405429f);
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(-1.453152027f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(1.421413741f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(-0.284496736f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.254829592f));
        return Vector512.CopySign(Vector512<float>.One - p * t * Exp(-(size * size)), x);
    }
}
