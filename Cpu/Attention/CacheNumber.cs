// The storage types of cached keys and values, as types, so that the JIT compiles the kernels once for each.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Cpu.Weights;

namespace Majlis.Cpu.Attention;

interface ICacheNumber
{
    static abstract int Bytes { get; }

    /// <summary>Sixteen numbers from index <paramref name="at"/> on.</summary>
    static abstract unsafe Vector512<float> Load(byte* memory, int at);

    static abstract unsafe void Store(byte* memory, int at, float number);
}

readonly struct Float32Number : ICacheNumber
{
    public static int Bytes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<float> Load(byte* memory, int at) => Vector512.Load((float*)memory + at);

    public static unsafe void Store(byte* memory, int at, float number) => ((float*)memory)[at] = number;
}

readonly struct BFloat16Number : ICacheNumber
{
    public static int Bytes => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<float> Load(byte* memory, int at)
    {
        var bits = Vector256.Load((ushort*)memory + at).ToVector512Unsafe();
        return (Vector512.WidenLower(bits) << 16).AsSingle();
    }

    public static unsafe void Store(byte* memory, int at, float number) => ((ushort*)memory)[at] = BlockPacking.Rounded(number);
}
