// Rounds a token's key and value to whole numbers in 16 bits and writes them to their slot. What is rounded depends on the token alone, so
// a cut of the prompt changes no bit.
using System.Runtime.Intrinsics;
using Majlis.Cpu.Kernels;

namespace Majlis.Cpu.Attention;

static unsafe class ShortCache
{
    const int Columns = ShortRounding.Columns;

    /// <summary>The scales of a block's values.</summary>
    public static float* Scales(byte* values, int headDim) =>
        (float*)(values + PagedCache.BlockTokens * sizeof(short) * CacheLayout.Padded(headDim));

    public static void Write(byte* keys, byte* values, int slot, float* key, float* value, int headDim)
    {
        if (Vector512.IsHardwareAccelerated) Write<WholeFloats>(keys, values, slot, key, value, headDim);
        else Write<HalvedFloats>(keys, values, slot, key, value, headDim);
    }

    /// <summary>Rounds one head's query; chunk c's scale goes to scales[c * <paramref name="scaleStride"/>].</summary>
    public static void Query(float* query, int headDim, short* to, float* scales, int scaleStride)
    {
        for (var chunk = 0; chunk * Columns < headDim; chunk++)
        {
            var from = query + chunk * Columns;
            var count = Math.Min(Columns, headDim - chunk * Columns);
            scales[chunk * scaleStride] = Vector512.IsHardwareAccelerated
                ? Round<WholeFloats>(from, count, ShortScores.QueryEnd, to + chunk * Columns)
                : Round<HalvedFloats>(from, count, ShortScores.QueryEnd, to + chunk * Columns);
        }
    }

    static void Write<T>(byte* keys, byte* values, int slot, float* key, float* value, int headDim) where T : struct, IFloats<T>
    {
        var rounded = stackalloc short[Columns];
        var scales = (float*)(keys + 2 * sizeof(short) * PagedCache.BlockTokens * CacheLayout.Pairs(headDim));
        var factor = ShortRounding.Largest<T>(value, headDim);
        Scales(values, headDim)[slot] = ShortRounding.Scale(factor, ShortMix.ValueEnd);
        factor = ShortRounding.Factor(factor, ShortMix.ValueEnd);
        for (var first = 0; first < headDim; first += Columns)
        {
            var count = Math.Min(Columns, headDim - first);
            scales[first / Columns * PagedCache.BlockTokens + slot] = Round<T>(key + first, count, ShortScores.KeyEnd, rounded);
            for (var pair = 0; 2 * pair < count; pair++)
                ((int*)keys)[(first / 2 + pair) * PagedCache.BlockTokens + slot] = ((int*)rounded)[pair];
            ShortRounding.Round<T>(value + first, count, factor, rounded);
            var to = (short*)values + (slot / 2 * CacheLayout.Padded(headDim) + first) * 2 + slot % 2;
            for (var d = 0; d < count; d++) to[2 * d] = rounded[d];
        }
    }

    static float Round<T>(float* from, int count, int end, short* to) where T : struct, IFloats<T>
    {
        var most = ShortRounding.Largest<T>(from, count);
        ShortRounding.Round<T>(from, count, ShortRounding.Factor(most, end), to);
        return ShortRounding.Scale(most, end);
    }
}
