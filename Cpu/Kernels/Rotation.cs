// Rotates a head by its position's angles. The angles are RotaryAngles'.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Model;

namespace Majlis.Cpu.Kernels;

static unsafe class Rotation
{
    /// <summary>Rotates the first 2 * <paramref name="pairs"/> elements of a head in place; cos and sin hold a number a pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Turn(RotaryStyle style, float* head, float* cos, float* sin, int pairs)
    {
        if (style == RotaryStyle.Neighbours)
        {
            for (var j = 0; j < pairs; j++)
            {
                var (x, y) = (head[2 * j], head[2 * j + 1]);
                (head[2 * j], head[2 * j + 1]) = (x * cos[j] - y * sin[j], y * cos[j] + x * sin[j]);
            }
            return;
        }
        if (Vector512.IsHardwareAccelerated) Halves<WholeFloats>(head, cos, sin, pairs);
        else Halves<HalvedFloats>(head, cos, sin, pairs);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Halves<T>(float* head, float* cos, float* sin, int pairs) where T : struct, IFloats<T>
    {
        var (i, other) = (0, pairs);
        for (; i <= pairs - 16; i += 16, other += 16)
        {
            var (low, high, c, s) = (T.Load(head + i), T.Load(head + other), T.Load(cos + i), T.Load(sin + i));
            (low * c - high * s).Store(head + i);
            (high * c + low * s).Store(head + other);
        }
        for (; i < pairs; i++, other++)
            (head[i], head[other]) = (head[i] * cos[i] - head[other] * sin[i], head[other] * cos[i] + head[i] * sin[i]);
    }
}
