// Sixteen fp32 numbers as the processor holds them: one vector of 512 bits or two of 256. Kernels of floating-point parts are written once
// over this type, and both give equal bits: every operation is the same one on the same numbers, sums across lanes too.
using System.Runtime.Intrinsics;

namespace Majlis.Cpu.Kernels;

interface IFloats<T> where T : struct, IFloats<T>
{
    static abstract T All(float x);

    static abstract unsafe T Load(float* from);

    unsafe void Store(float* to);

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    /// <summary>a b + c, rounded once.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>The larger one; b where one of them is NaN.</summary>
    static abstract T Max(T a, T b);

    /// <summary>The smaller one; b where one of them is NaN.</summary>
    static abstract T Min(T a, T b);

    static abstract T Abs(T x);

    static abstract T CopySign(T x, T sign);

    /// <summary>The larger of the sizes; NaN where one is.</summary>
    static abstract T MaxSize(T a, T b);

    /// <summary>To the nearest whole number, the even one of two.</summary>
    static abstract T Round(T x);

    /// <summary>x 2^n for whole n, where x and the result are normal numbers.</summary>
    static abstract T Scale(T x, T n);

    /// <summary>x where <paramref name="of"/> is not below <paramref name="least"/>, else 0.</summary>
    static abstract T ZeroBelow(T x, T of, float least);

    /// <summary>x y, and 0 where x is 0, whatever y is.</summary>
    static abstract T MultiplyNonZero(T x, T y);

    /// <summary>Minus infinity in lanes whose position, <paramref name="first"/> plus the lane, is not within oldest..newest.</summary>
    static abstract T Hide(T x, int first, int oldest, int newest);

    /// <summary>The sum over the lanes.</summary>
    float Sum();

    /// <summary>The largest of the lanes; anything where one is NaN.</summary>
    float Largest();

    /// <summary>The larger ones of the first and the last eight, as bits: none is negative, and NaN is larger than infinity.</summary>
    Vector256<int> LargerHalves();

    /// <summary>The largest of the lanes, none of which is negative; NaN where one is.</summary>
    float LargestOrNaN();

    /// <summary>The nearest whole numbers, the even one of two; anything where a number does not fit.</summary>
    Vector256<short> ToShorts();
}
