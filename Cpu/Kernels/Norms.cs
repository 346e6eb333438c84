// RMS and layer norms of one row, in fp32. Knows no Blueprint.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Model;

namespace Majlis.Cpu.Kernels;

static unsafe class Norms
{
    /// <summary>y = (x - mean) / sqrt(variance + epsilon) * weight + bias; an RMS norm has no mean and no bias. y may be x.</summary>
    public static void Apply(NormKind kind, float* x, float* weight, float* bias, float* y, int width, float epsilon)
    {
        if (Vector512.IsHardwareAccelerated) Apply<WholeFloats>(kind, x, weight, bias, y, width, epsilon);
        else Apply<HalvedFloats>(kind, x, weight, bias, y, width, epsilon);
    }

    /// <summary>x += y.</summary>
    public static void Add(float* x, float* y, int count)
    {
        if (Vector512.IsHardwareAccelerated) Add<WholeFloats>(x, y, count);
        else Add<HalvedFloats>(x, y, count);
    }

    /// <summary>y = x / by.</summary>
    public static void Divide(float* x, float by, float* y, int count)
    {
        if (Vector512.IsHardwareAccelerated) Divide<WholeFloats>(x, by, y, count);
        else Divide<HalvedFloats>(x, by, y, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<T>(NormKind kind, float* x, float* weight, float* bias, float* y, int width, float epsilon)
        where T : struct, IFloats<T>
    {
        var mean = kind == NormKind.Layer ? Sum<T>(x, width) / width : 0;
        var factor = 1 / MathF.Sqrt(SquaredDistance<T>(x, width, mean) / width + epsilon);
        var i = 0;
        for (; i <= width - 16; i += 16)
        {
            var scaled = (T.Load(x + i) - T.All(mean)) * T.All(factor) * T.Load(weight + i);
            (bias is null ? scaled : scaled + T.Load(bias + i)).Store(y + i);
        }
        for (; i < width; i++) y[i] = (x[i] - mean) * factor * weight[i] + (bias is null ? 0 : bias[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Add<T>(float* x, float* y, int count) where T : struct, IFloats<T>
    {
        var i = 0;
        for (; i <= count - 16; i += 16) (T.Load(x + i) + T.Load(y + i)).Store(x + i);
        for (; i < count; i++) x[i] += y[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Divide<T>(float* x, float by, float* y, int count) where T : struct, IFloats<T>
    {
        var i = 0;
        for (; i <= count - 16; i += 16) (T.Load(x + i) / T.All(by)).Store(y + i);
        for (; i < count; i++) y[i] = x[i] / by;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Sum<T>(float* x, int width) where T : struct, IFloats<T>
    {
        var (sum, rest, i) = (T.All(0), 0f, 0);
        for (; i <= width - 16; i += 16) sum += T.Load(x + i);
        for (; i < width; i++) rest += x[i];
        return sum.Sum() + rest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float SquaredDistance<T>(float* x, int width, float mean) where T : struct, IFloats<T>
    {
        var (sum, rest, i) = (T.All(0), 0f, 0);
        for (; i <= width - 16; i += 16)
        {
            var distance = T.Load(x + i) - T.All(mean);
            sum = T.MultiplyAdd(distance, distance, sum);
        }
        for (; i < width; i++) rest += (x[i] - mean) * (x[i] - mean);
        return sum.Sum() + rest;
    }
}
