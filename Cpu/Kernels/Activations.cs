// The MLP's activation, multiplied by the other half where there is a gate. Sixteen numbers at a time; rows are padded.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Model;

namespace Majlis.Cpu.Kernels;

static unsafe class Activations
{
    /// <summary>to[i] = act(x[i]) * factor[i], or act(x[i]) where factor is null. All are read and written in whole vectors.</summary>
    public static void Apply(Activation activation, float* x, float* factor, float* to, int count)
    {
        if (Vector512.IsHardwareAccelerated) Apply<WholeFloats>(activation, x, factor, to, count);
        else Apply<HalvedFloats>(activation, x, factor, to, count);
    }

    /// <summary>x[i] = c tanh(x[i] scale / c), or x[i] scale without a cap c.</summary>
    public static void ScaleAndCap(float* x, int count, float scale, float? cap)
    {
        if (Vector512.IsHardwareAccelerated) ScaleAndCap<WholeFloats>(x, count, scale, cap);
        else ScaleAndCap<HalvedFloats>(x, count, scale, cap);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<T>(Activation activation, float* x, float* factor, float* to, int count) where T : struct, IFloats<T>
    {
        for (var i = 0; i < count; i += 16)
        {
            var value = Of(activation, T.Load(x + i));
            (factor is null ? value : value * T.Load(factor + i)).Store(to + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void ScaleAndCap<T>(float* x, int count, float scale, float? cap) where T : struct, IFloats<T>
    {
        for (var i = 0; i < count; i += 16)
        {
            var value = T.Load(x + i) * T.All(scale);
            if (cap is { } c) value = Exponential.Tanh(value / T.All(c)) * T.All(c);
            value.Store(x + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T Of<T>(Activation activation, T x) where T : struct, IFloats<T> => activation switch
    {
        Activation.Silu => x / (Exponential.Exp(T.All(0) - x) + T.All(1)),
        Activation.GeluTanh => GeluTanh(x),
        Activation.GeluErf => x * T.All(0.5f) * (Exponential.Erf(x * T.All(0.70710678f)) + T.All(1)),
        _ => T.Max(x, T.All(0)),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static T GeluTanh<T>(T x) where T : struct, IFloats<T>
    {
        var inner = (x + x * x * x * T.All(0.044715f)) * T.All(0.79788456f);
        return x * T.All(0.5f) * (Exponential.Tanh(inner) + T.All(1));
    }
}
