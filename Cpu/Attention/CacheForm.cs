// The forms in which keys and values are cached, and the bytes that each takes. Sizes only.
using Majlis.Cpu.Kernels;
using Majlis.Cpu.Weights;

namespace Majlis.Cpu.Attention;

/// <summary>A block holds 16 tokens of one head; D elements, P = D as whole vectors of 16.</summary>
enum CacheForm
{
    /// <summary>Keys [D][16 tokens], values [16 tokens][P].</summary>
    Float32,

    /// <summary>
    /// Keys [pairs of elements][16 tokens][2], then scales in fp32 [64 elements each][16 tokens]. Values [8 pairs of tokens][P][2], then a
    /// scale in fp32 for each token.
    /// </summary>
    Int16,

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

    /// <summary>Pairs of elements of an <see cref="CacheForm.Int16"/> key, an even number.</summary>
    public static int Pairs(int headDim) => (headDim + 3) / 4 * 2;

    /// <summary>Parts of an <see cref="CacheForm.Int16"/> key with a scale of their own.</summary>
    public static int Chunks(int headDim) => (headDim + ShortRounding.Columns - 1) / ShortRounding.Columns;

    /// <summary>The keys of a block of one head.</summary>
    public static long KeyBytes(this CacheForm form, int headDim) => form switch
    {
        CacheForm.Int8 => KeyBlocks(headDim) * WeightFormat.Int8.BlockBytes(),
        CacheForm.Int16 => PagedCache.BlockTokens * (2 * sizeof(short) * Pairs(headDim) + sizeof(float) * Chunks(headDim)),
        _ => (long)PagedCache.BlockTokens * headDim * sizeof(float),
    };

    /// <summary>The values of a block of one head.</summary>
    public static long ValueBytes(this CacheForm form, int headDim) => form switch
    {
        CacheForm.Int8 => PagedCache.BlockTokens * (Padded(headDim) + sizeof(float)),
        CacheForm.Int16 => PagedCache.BlockTokens * (sizeof(short) * Padded(headDim) + sizeof(float)),
        _ => (long)PagedCache.BlockTokens * Padded(headDim) * sizeof(float),
    };
}
