// Online softmax (https://arxiv.org/abs/2205.14135) over a cache in 8 bits: scores and mixed values are products of bytes. A row's shares
// of 32 keys, times the values' scales, are rounded to 7 bits with one scale: an error of 1/254 of the largest of the 32.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Cpu.Kernels;
using Majlis.Cpu.Weights;
using Majlis.Model;
using static Majlis.Cpu.Attention.AttentionTile;
using static Majlis.Cpu.Attention.PagedCache;

namespace Majlis.Cpu.Attention;

static unsafe class IntegerAttention
{
    /// <summary>
    /// Computes what the part's rows, which begin at <paramref name="row"/>, get from the first <paramref name="count"/> keys at hand,
    /// whose first stands at position <paramref name="begin"/>. Rows from <paramref name="rows"/> on pad the part.
    /// </summary>
    public static void Run(Products products, AttentionTile tile, int row, int rows, int begin, int count, AttentionBlueprint a)
    {
        var queries = tile.Packed.Tile(row / PartRows);
        var ahead = row == 0 ? CacheForm.Int8.ValueBytes(a.HeadDim) : 0;
        for (var b = 0; b * BlockTokens < count; b++)
        {
            // Where one is missing, its scores are masked.
            if (tile.KeyBlocks[b] is null) continue;
            Prefetching.Fetch(tile.ValueBlocks[b], ahead);
            products.Integers(WeightFormat.Int8, tile.KeyBlocks[b], tile.Packed.Blocks, queries, tile.Scores + b * BlockTokens, Keys);
        }
        var pairs = (count + 2 * BlockTokens - 1) / (2 * BlockTokens);
        for (var i = 0; row + i < rows && i < queries.Width; i++)
            if (Vector512.IsHardwareAccelerated) Shares<WholeFloats>(tile, row, i, begin, count, queries.Width, a);
            else Shares<HalvedFloats>(tile, row, i, begin, count, queries.Width, a);
        products.Mix(new ValueMix(tile.ValueBlocks, pairs, tile.Padded, tile.Shares, tile.ShareScales, queries.Width,
            tile.Here.Mixed + row * tile.Padded));
    }

    static void Shares<T>(AttentionTile tile, int row, int i, int begin, int count, int width, AttentionBlueprint a)
        where T : struct, IFloats<T>
    {
        var scores = tile.Scores + i * Keys;
        ScoreShares.Weigh<T>(tile, row + i, scores, begin, count, 2, a);
        for (var at = 0; at < count; at += 2 * BlockTokens)
        {
            var place = at / (2 * BlockTokens) * width + i;
            tile.ShareScales[place] = Round<T>(scores + at, tile.ValueScales + at, tile.Shares + place * 2 * BlockTokens);
        }
    }

    // Remains of another sequence in a block have scales of their own: where a share is 0, they must leave no trace. Returns the scale.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Round<T>(float* shares, float* scales, sbyte* to) where T : struct, IFloats<T>
    {
        var low = T.MultiplyNonZero(T.Load(shares), T.Load(scales));
        var high = T.MultiplyNonZero(T.Load(shares + 16), T.Load(scales + 16));
        var most = ByteRounding.Largest(low, high);
        var inverse = T.All(most > 0 ? 127 / most : 0);
        ByteRounding.Bytes(low * inverse, high * inverse).Store(to);
        return most / 127;
    }
}
