// Sixteen fp32 numbers in two vectors of 256 bits.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Majlis.Cpu.Kernels;

readonly struct HalvedFloats(Vector256<float> low, Vector256<float> high) : IFloats<HalvedFloats>
{
    readonly Vector256<float> low = low;
    readonly Vector256<float> high = high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats All(float x) => new(Vector256.Create(x), Vector256.Create(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe HalvedFloats Load(float* from) => new(Vector256.Load(from), Vector256.Load(from + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Store(float* to)
    {
        low.Store(to);
        high.Store(to + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats operator +(HalvedFloats a, HalvedFloats b) => new(a.low + b.low, a.high + b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats operator -(HalvedFloats a, HalvedFloats b) => new(a.low - b.low, a.high - b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats operator *(HalvedFloats a, HalvedFloats b) => new(a.low * b.low, a.high * b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats operator /(HalvedFloats a, HalvedFloats b) => new(a.low / b.low, a.high / b.high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats MultiplyAdd(HalvedFloats a, HalvedFloats b, HalvedFloats c) =>
        new(Vector256.FusedMultiplyAdd(a.low, b.low, c.low), Vector256.FusedMultiplyAdd(a.high, b.high, c.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats Max(HalvedFloats a, HalvedFloats b) =>
        new(Vector256.MaxNative(a.low, b.low), Vector256.MaxNative(a.high, b.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats Min(HalvedFloats a, HalvedFloats b) =>
        new(Vector256.MinNative(a.low, b.low), Vector256.MinNative(a.high, b.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats Abs(HalvedFloats x) => new(Vector256.Abs(x.low), Vector256.Abs(x.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats CopySign(HalvedFloats x, HalvedFloats sign) =>
        new(Vector256.CopySign(x.low, sign.low), Vector256.CopySign(x.high, sign.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats MaxSize(HalvedFloats a, HalvedFloats b) => new(MaxSize(a.low, b.low), MaxSize(a.high, b.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats Round(HalvedFloats x) => new(Vector256.Round(x.low), Vector256.Round(x.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats Scale(HalvedFloats x, HalvedFloats n) => new(Scale(x.low, n.low), Scale(x.high, n.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats ZeroBelow(HalvedFloats x, HalvedFloats of, float least) =>
        new(ZeroBelow(x.low, of.low, least), ZeroBelow(x.high, of.high, least));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats MultiplyNonZero(HalvedFloats x, HalvedFloats y) =>
        new(MultiplyNonZero(x.low, y.low), MultiplyNonZero(x.high, y.high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalvedFloats Hide(HalvedFloats x, int first, int oldest, int newest) =>
        new(Hide(x.low, first, oldest, newest), Hide(x.high, first + 8, oldest, newest));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Sum() => AcrossLanes.Sum(low + high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Largest() => AcrossLanes.Largest(Vector256.MaxNative(low, high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> LargerHalves() => Vector256.Max(low.AsInt32(), high.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float LargestOrNaN() => AcrossLanes.LargestBits(LargerHalves());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<short> ToShorts() => Vector256.NarrowWithSaturation(ToWhole(low), ToWhole(high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> MaxSize(Vector256<float> a, Vector256<float> b) =>
        Vector256.Max(Vector256.Abs(a).AsInt32(), Vector256.Abs(b).AsInt32()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Scale(Vector256<float> x, Vector256<float> n) =>
        (x.AsInt32() + (Vector256.ConvertToInt32Native(n) << 23)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> ZeroBelow(Vector256<float> x, Vector256<float> of, float least) =>
        Vector256.AndNot(x.AsInt32(), Vector256.LessThan(of, Vector256.Create(least)).AsInt32()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> MultiplyNonZero(Vector256<float> x, Vector256<float> y) =>
        Vector256.AndNot((x * y).AsInt32(), Vector256.Equals(x, Vector256<float>.Zero).AsInt32()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Hide(Vector256<float> x, int first, int oldest, int newest)
    {
        var position = Vector256.Create(first) + Vector256<int>.Indices;
        var hidden = Vector256.GreaterThan(position, Vector256.Create(newest)) | Vector256.LessThan(position, Vector256.Create(oldest));
        return Vector256.ConditionalSelect(hidden.AsSingle(), Vector256.Create(float.NegativeInfinity), x);
    }

    // The instruction rounds as Round does.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> ToWhole(Vector256<float> x) =>
        Avx.IsSupported ? Avx.ConvertToVector256Int32(x) : Vector256.ConvertToInt32Native(Vector256.Round(x));
}
