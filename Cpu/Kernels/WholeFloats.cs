// Sixteen fp32 numbers in one vector of 512 bits.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Majlis.Cpu.Kernels;

readonly struct WholeFloats(Vector512<float> all) : IFloats<WholeFloats>
{
    readonly Vector512<float> all = all;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats All(float x) => new(Vector512.Create(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe WholeFloats Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Store(float* to) => all.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats operator +(WholeFloats a, WholeFloats b) => new(a.all + b.all);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats operator -(WholeFloats a, WholeFloats b) => new(a.all - b.all);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats operator *(WholeFloats a, WholeFloats b) => new(a.all * b.all);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats operator /(WholeFloats a, WholeFloats b) => new(a.all / b.all);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats MultiplyAdd(WholeFloats a, WholeFloats b, WholeFloats c) =>
        new(Vector512.FusedMultiplyAdd(a.all, b.all, c.all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats Max(WholeFloats a, WholeFloats b) => new(Vector512.MaxNative(a.all, b.all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats Min(WholeFloats a, WholeFloats b) => new(Vector512.MinNative(a.all, b.all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats Abs(WholeFloats x) => new(Vector512.Abs(x.all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats CopySign(WholeFloats x, WholeFloats sign) => new(Vector512.CopySign(x.all, sign.all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats MaxSize(WholeFloats a, WholeFloats b) =>
        new(Vector512.Max(Vector512.Abs(a.all).AsInt32(), Vector512.Abs(b.all).AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats Round(WholeFloats x) => new(Vector512.Round(x.all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats Scale(WholeFloats x, WholeFloats n) =>
        new((x.all.AsInt32() + (Vector512.ConvertToInt32Native(n.all) << 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats ZeroBelow(WholeFloats x, WholeFloats of, float least) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(of.all, Vector512.Create(least)), Vector512<float>.Zero, x.all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats MultiplyNonZero(WholeFloats x, WholeFloats y) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(x.all, Vector512<float>.Zero), Vector512<float>.Zero, x.all * y.all));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WholeFloats Hide(WholeFloats x, int first, int oldest, int newest)
    {
        var position = Vector512.Create(first) + Vector512<int>.Indices;
        var hidden = Vector512.GreaterThan(position, Vector512.Create(newest)) | Vector512.LessThan(position, Vector512.Create(oldest));
        return new(Vector512.ConditionalSelect(hidden.AsSingle(), Vector512.Create(float.NegativeInfinity), x.all));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Sum() => AcrossLanes.Sum(all.GetLower() + all.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Largest() => AcrossLanes.Largest(Vector256.MaxNative(all.GetLower(), all.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> LargerHalves() => Vector256.Max(all.GetLower().AsInt32(), all.GetUpper().AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float LargestOrNaN() => AcrossLanes.LargestBits(LargerHalves());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<short> ToShorts()
    {
        var whole = Vector512.ConvertToInt32Native(Vector512.Round(all));
        return Vector256.NarrowWithSaturation(whole.GetLower(), whole.GetUpper());
    }
}
