// Exponential, tanh and erf of 16 numbers at once, in the single-precision polynomials of the Cephes library (https://netlib.org/cephes/)
// and of Abramowitz and Stegun, 7.1.26.
using System.Runtime.CompilerServices;

namespace Majlis.Cpu.Kernels;

static class Exponential
{
    // Below, the result is 0, exactly: what is masked must leave no trace.
    const float Least = -87;
    const float Most = 88;

    /// <summary>e^x within 2 units in the last place; e^88 for more than 88; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x) where T : struct, IFloats<T>
    {
        // The second operand of these is kept where a number is none.
        var within = T.Min(T.All(Most), x);
        var n = T.Round(within * T.All(1.44269504f));
        var r = T.MultiplyAdd(n, T.All(-0.693359375f), within);
        r = T.MultiplyAdd(n, T.All(2.12194440e-4f), r);
        var p = T.All(1.9875691500e-4f);
        p = T.MultiplyAdd(p, r, T.All(1.3981999507e-3f));
        p = T.MultiplyAdd(p, r, T.All(8.3334519073e-3f));
        p = T.MultiplyAdd(p, r, T.All(4.1665795894e-2f));
        p = T.MultiplyAdd(p, r, T.All(1.6666665459e-1f));
        p = T.MultiplyAdd(p, r, T.All(5.0000001201e-1f));
        p = T.MultiplyAdd(p, r * r, r) + T.All(1);
        return T.ZeroBelow(T.Scale(p, n), x, Least);
    }

    /// <summary>2^x for x of at most 0, within 3e-6 of it; 0 below -126; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Power2<T>(T x) where T : struct, IFloats<T>
    {
        // The first terms of the series of e^(r log 2).
        var n = T.Round(x);
        var r = x - n;
        var p = T.MultiplyAdd(T.All(1.33335581e-3f), r, T.All(9.61812911e-3f));
        p = T.MultiplyAdd(p, r, T.All(5.55041087e-2f));
        p = T.MultiplyAdd(p, r, T.All(2.40226507e-1f));
        p = T.MultiplyAdd(p, r, T.All(6.93147181e-1f));
        p = T.MultiplyAdd(p, r, T.All(1));
        return T.ZeroBelow(T.Scale(p, n), x, -126);
    }

    /// <summary>Within 2e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh<T>(T x) where T : struct, IFloats<T> => T.All(1) - T.All(2) / (Exp(x + x) + T.All(1));

    /// <summary>Within 3e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Erf<T>(T x) where T : struct, IFloats<T>
    {
        var size = T.Abs(x);
        var t = T.All(1) / T.MultiplyAdd(size, T.All(0.3275911f), T.All(1));
        var p = T.All(1.061405429f);
        p = T.MultiplyAdd(p, t, T.All(-1.453152027f));
        p = T.MultiplyAdd(p, t, T.All(1.421413741f));
        p = T.MultiplyAdd(p, t, T.All(-0.284496736f));
        p = T.MultiplyAdd(p, t, T.All(0.254829592f));
        return T.CopySign(T.All(1) - p * t * Exp(T.All(0) - size * size), x);
    }
}
