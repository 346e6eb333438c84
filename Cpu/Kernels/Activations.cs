// The MLP's activation, multiplied by the other half where there is a gate. Sixteen numbers at a time; rows are padded.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Model;

namespace Majlis.Cpu.Kernels;

static unsafe class Activations
{
    /// <summary>to[i] = act(x[i]) * factor[i], or act(x[i]) where factor is null. All are read and written in whole vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(Activation activation, float* x, float* factor, float* to, int count)
    {
        for (var i = 0; i < count; i += 16)
        {
            var value = Of(activation, Vector512.Load(x + i));
            (factor is null ? value : value * Vector512.Load(factor + i)).Store(to + i);
        }
    }

    /// <summary>x[i] = c tanh(x[i] scale / c), or x[i] scale without a cap c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScaleAndCap(float* x, int count, float scale, float? cap)
    {
        for (var i = 0; i < count; i += 16)
        {
            var value = Vector512.Load(x + i) * scale;
            if (cap is { } c) value = Exponential.Tanh(value / c) * c;
            value.Store(x + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Of(Activation activation, Vector512<float> x) => activation switch
    {
        Activation.Silu => x / (Exponential.Exp(-x) + Vector512<float>.One),
        Activation.GeluTanh => GeluTanh(x),
        Activation.GeluErf => x * 0.5f * (Exponential.Erf(x * 0.70710678f) + Vector512<float>.One),
        _ => Vector512.Max(x, Vector512<float>.Zero),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> GeluTanh(Vector512<float> x)
    {
        var inner = (x + x * x * x * 0.044715f) * 0.79788456f;
        return x * 0.5f * (Exponential.Tanh(inner) + Vector512<float>.One);
    }
}
