// The forms in which keys and values are cached, and the bytes that each takes. Sizes only.
using Majlis.Cpu.Weights;

namespace Majlis.Cpu.Attention;

/// <summary>A block holds 16 tokens of one head; D elements, P = D as whole vectors of 16.</summary>
enum CacheForm
{
    /// <summary>Keys [D][16 tokens], values [16 tokens][P].</summary>
    Float32,

    /// <summary>As <see cref="Float32"/>.</summary>
    BFloat16,

    /// <summary>
    /// Keys as a group of rows of <see cref="WeightFormat.Int8"/>, a token a row: a scale for each 32 elements. Values
    /// [P / 16][4 quads of tokens][16 elements][4 tokens] signed bytes, then a scale in fp32 for each token.
    /// </summary>
    Int8,
}

static class CacheLayout
{
    /// <summary>Elements of a cached value: whole vectors.</summary>
    public static int Padded(int headDim) => (headDim + 15) / 16 * 16;

    /// <summary>Blocks of 32 elements of an <see cref="CacheForm.Int8"/> key.</summary>
    public static int KeyBlocks(int headDim) => (headDim + WeightLayout.BlockColumns - 1) / WeightLayout.BlockColumns;

    /// <summary>The keys of a block of one head.</summary>
    public static long KeyBytes(this CacheForm form, int headDim) => form switch
    {
        CacheForm.Int8 => KeyBlocks(headDim) * WeightFormat.Int8.BlockBytes(),
        _ => (long)PagedCache.BlockTokens * headDim * NumberBytes(form),
    };

    /// <summary>The values of a block of one head.</summary>
    public static long ValueBytes(this CacheForm form, int headDim) => form switch
    {
        CacheForm.Int8 => PagedCache.BlockTokens * (Padded(headDim) + sizeof(float)),
        _ => (long)PagedCache.BlockTokens * Padded(headDim) * NumberBytes(form),
    };

    static int NumberBytes(CacheForm form) => form == CacheForm.Float32 ? Float32Number.Bytes : BFloat16Number.Bytes;
}
