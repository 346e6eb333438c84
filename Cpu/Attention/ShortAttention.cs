// Online softmax over a cache in 16 bits: scores and mixed values are products of whole numbers. A row's shares of 64 keys, times the
// values' scales, are rounded to 12 bits with one scale: an error of 1/8190 of the largest of the 64.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Majlis.Cpu.Kernels;
using Majlis.Model;
using static Majlis.Cpu.Attention.AttentionTile;
using static Majlis.Cpu.Attention.PagedCache;

namespace Majlis.Cpu.Attention;

static unsafe class ShortAttention
{
    const int Group = ShortMix.GroupBlocks * BlockTokens;

    /// <summary>
    /// Computes what the part's rows, which begin at <paramref name="row"/>, get from the first <paramref name="count"/> keys at hand,
    /// whose first stands at position <paramref name="begin"/>. Rows from <paramref name="rows"/> on pad the part.
    /// </summary>
    public static void Run(Products products, AttentionTile tile, int row, int rows, int begin, int count, AttentionBlueprint a)
    {
        var (blocks, width) = ((count + BlockTokens - 1) / BlockTokens, AttentionRun.Width(rows - row));
        products.Scores(new ShortScores(tile.KeyBlocks, blocks, CacheLayout.Pairs(a.HeadDim), tile.ShortQuery(row), tile.QueryScales + row,
            Rows, width, tile.Scores, Keys, tile.ValueBlocks, row == 0 ? CacheForm.Int16.ValueBytes(a.HeadDim) : 0));
        for (var i = 0; row + i < rows && i < width; i++)
            if (Vector512.IsHardwareAccelerated) Shares<WholeFloats>(tile, row, i, begin, count, a);
            else Shares<HalvedFloats>(tile, row, i, begin, count, a);
        products.Mix(new ShortMix(tile.ValueBlocks, blocks, tile.Padded, tile.ShortShares, Keys, tile.ShareScales, width,
            tile.Here.Mixed + row * tile.Padded, tile.NextKeyBlocks, row == 0 ? CacheForm.Int16.KeyBytes(a.HeadDim) : 0));
    }

    static void Shares<T>(AttentionTile tile, int row, int i, int begin, int count, AttentionBlueprint a) where T : struct, IFloats<T>
    {
        var scores = tile.Scores + i * Keys;
        ScoreShares.Weigh<T>(tile, row + i, scores, begin, count, ShortMix.GroupBlocks, a);
        for (var at = 0; at < count; at += Group)
            tile.ShareScales[at / Group * PartRows + i] = Round<T>(scores + at, tile.ValueScales + at, tile.ShortShares + i * Keys + at);
    }

    // Remains of another sequence in a block have scales of their own: where a share is 0, they must leave no trace.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Round<T>(float* shares, float* scales, short* to) where T : struct, IFloats<T>
    {
        var first = T.MultiplyNonZero(T.Load(shares), T.Load(scales));
        var second = T.MultiplyNonZero(T.Load(shares + 16), T.Load(scales + 16));
        var third = T.MultiplyNonZero(T.Load(shares + 32), T.Load(scales + 32));
        var fourth = T.MultiplyNonZero(T.Load(shares + 48), T.Load(scales + 48));
        var most = T.MaxSize(T.MaxSize(first, second), T.MaxSize(third, fourth)).LargestOrNaN();
        var factor = T.All(ShortRounding.Factor(most, ShortMix.ShareEnd));
        (first * factor).ToShorts().Store(to);
        (second * factor).ToShorts().Store(to + 16);
        (third * factor).ToShorts().Store(to + 32);
        (fourth * factor).ToShorts().Store(to + 48);
        return ShortRounding.Scale(most, ShortMix.ShareEnd);
    }
}
