// Rounds a token's key and value to signed bytes and writes them to their slot. A key has a scale in fp16 for each 32 elements, a value
// one in fp32. What is rounded depends on the token alone, so a cut of the prompt changes no bit.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Cpu.Kernels;
using Majlis.Cpu.Weights;

namespace Majlis.Cpu.Attention;

static unsafe class IntegerCache
{
    const int Columns = WeightLayout.BlockColumns;

    /// <summary>The scales of a block's values.</summary>
    public static float* Scales(byte* values, int headDim) => (float*)(values + PagedCache.BlockTokens * CacheLayout.Padded(headDim));

    /// <summary>Writes one head's key and value. The scale of a value also tells of a key that is not finite: fp16 could not.</summary>
    public static void Write(byte* keys, byte* values, int slot, float* key, float* value, int headDim)
    {
        if (Vector512.IsHardwareAccelerated) Write<WholeFloats>(keys, values, slot, key, value, headDim);
        else Write<HalvedFloats>(keys, values, slot, key, value, headDim);
    }

    static void Write<T>(byte* keys, byte* values, int slot, float* key, float* value, int headDim) where T : struct, IFloats<T>
    {
        var isFinite = true;
        for (var d = 0; d < headDim; d += Columns)
            isFinite &= WriteKey<T>(keys + d / Columns * WeightFormat.Int8.BlockBytes(), slot, key + d, Math.Min(Columns, headDim - d));
        Scales(values, headDim)[slot] = WriteValue<T>(values, slot, value, headDim) + (isFinite ? 0 : float.NaN);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static bool WriteKey<T>(byte* block, int slot, float* key, int count) where T : struct, IFloats<T>
    {
        var (low, high) = Load<T>(key, count);
        var scale = (Half)(ByteRounding.Largest(low, high) / 127);
        var inverse = T.All(scale > (Half)0 ? 1 / (float)scale : 0);
        var bytes = ByteRounding.Bytes(low * inverse, high * inverse);
        var quads = (bytes.AsByte() ^ Vector256.Create((byte)128)).AsInt32();
        for (var k = 0; k < 8; k++) ((int*)block)[k * PagedCache.BlockTokens + slot] = quads[k];
        ((Half*)(block + Columns * PagedCache.BlockTokens))[slot] = scale;
        return Half.IsFinite(scale);
    }

    // Returns the scale.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float WriteValue<T>(byte* values, int slot, float* value, int headDim) where T : struct, IFloats<T>
    {
        var most = 0f;
        for (var d = 0; d < headDim; d += Columns)
        {
            var (low, high) = Load<T>(value + d, Math.Min(Columns, headDim - d));
            // NaN stays.
            most = Math.Max(most, ByteRounding.Largest(low, high));
        }
        var inverse = T.All(most > 0 ? 127 / most : 0);
        var bytes = stackalloc sbyte[Columns];
        var to = values + slot / 4 * 64 + slot % 4;
        for (var d = 0; d < headDim; d += Columns)
        {
            var count = Math.Min(Columns, headDim - d);
            var (low, high) = Load<T>(value + d, count);
            ByteRounding.Bytes(low * inverse, high * inverse).Store(bytes);
            // Element c: group of 16 elements, four bytes an element.
            for (var c = 0; c < count; c++) to[(d + c) / 16 * 256 + (d + c) % 16 * 4] = (byte)bytes[c];
        }
        return most / 127;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (T Low, T High) Load<T>(float* from, int count) where T : struct, IFloats<T>
    {
        if (count == Columns) return (T.Load(from), T.Load(from + 16));
        var padded = stackalloc float[Columns];
        for (var k = 0; k < Columns; k++) padded[k] = k < count ? from[k] : 0;
        return (T.Load(padded), T.Load(padded + 16));
    }
}
