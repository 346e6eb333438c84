// RMS and layer norms of one row, in fp32. Knows no Blueprint.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Model;

namespace Majlis.Cpu.Kernels;

static unsafe class Norms
{
    /// <summary>y = (x - mean) / sqrt(variance + epsilon) * weight + bias; an RMS norm has no mean and no bias. y may be x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(NormKind kind, float* x, float* weight, float* bias, float* y, int width, float epsilon)
    {
        var mean = kind == NormKind.Layer ? Sum(x, width) / width : 0;
        var factor = 1 / MathF.Sqrt(SquaredDistance(x, width, mean) / width + epsilon);
        var i = 0;
        for (; i <= width - 16; i += 16)
        {
            var scaled = (Vector512.Load(x + i) - Vector512.Create(mean)) * factor * Vector512.Load(weight + i);
            (bias is null ? scaled : scaled + Vector512.Load(bias + i)).Store(y + i);
        }
        for (; i < width; i++) y[i] = (x[i] - mean) * factor * weight[i] + (bias is null ? 0 : bias[i]);
    }

    /// <summary>x += y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* x, float* y, int count)
    {
        var i = 0;
        for (; i <= count - 16; i += 16) (Vector512.Load(x + i) + Vector512.Load(y + i)).Store(x + i);
        for (; i < count; i++) x[i] += y[i];
    }

    static float Sum(float* x, int width)
    {
        var (sum, rest, i) = (Vector512<float>.Zero, 0f, 0);
        for (; i <= width - 16; i += 16) sum += Vector512.Load(x + i);
        for (; i < width; i++) rest += x[i];
        return Vector512.Sum(sum) + rest;
    }

    static float SquaredDistance(float* x, int width, float mean)
    {
        var (sum, rest, i) = (Vector512<float>.Zero, 0f, 0);
        for (; i <= width - 16; i += 16)
        {
            var distance = Vector512.Load(x + i) - Vector512.Create(mean);
            sum = Vector512.FusedMultiplyAdd(distance, distance, sum);
        }
        for (; i < width; i++) rest += (x[i] - mean) * (x[i] - mean);
        return Vector512.Sum(sum) + rest;
    }
}
