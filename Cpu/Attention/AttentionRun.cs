// Attention of up to 32 query rows of one key head over the paged cache, 256 keys at a time. Keys are cut at multiples of 256 from position
// 0, and a masked key leaves no trace, so a row's bits depend on its own sequence alone.
using System.Runtime.CompilerServices;
using Majlis.Cpu.Kernels;
using Majlis.Model;
using static Majlis.Cpu.Attention.AttentionTile;
using static Majlis.Cpu.Attention.PagedCache;

namespace Majlis.Cpu.Attention;

static unsafe class AttentionRun
{
    /// <summary>
    /// Fills the tile's results from the keys that its <paramref name="rows"/> rows attend to. Queries and positions are set, those of the
    /// rows that pad the last part too.
    /// </summary>
    public static void Run(CacheForm form, AttentionTile tile, int rows, PagedCache cache, int layer, int head, AttentionBlueprint a,
        ReadOnlySpan<int> blocks)
    {
        tile.Clear();
        var (first, last) = (tile.Positions[0], tile.Positions[rows - 1]);
        var begin = a.Window is { } window ? Math.Max(0, first - window + 1) / Keys * Keys : 0;
        for (; begin <= last; begin += Keys)
        {
            var count = (Math.Min(Keys, last + 1 - begin) + BlockTokens - 1) / BlockTokens;
            Find(tile, cache, layer, head, blocks.Slice(begin / BlockTokens, count));
            CheckSeen(tile, count, begin, a.Window is { } seen ? first - seen + 1 : 0);
            if (form == CacheForm.Float32) Floats(tile, rows, begin, a);
            else Integers(form, tile, rows, begin, count, a);
        }
    }

    /// <summary>Rows that the kernel computes of a part's: 1, 2, 4 or 8.</summary>
    public static int Width(int rows) => Math.Min(rows, PartRows) switch { 1 => 1, 2 => 2, <= 4 => 4, _ => 8 };

    static void Find(AttentionTile tile, PagedCache cache, int layer, int head, ReadOnlySpan<int> blocks)
    {
        for (var b = 0; b < Blocks; b++)
        {
            var block = b < blocks.Length ? blocks[b] : -1;
            tile.KeyBlocks[b] = block < 0 ? null : cache.Keys(layer, block, head);
            tile.ValueBlocks[b] = block < 0 ? null : cache.Values(layer, block, head);
        }
    }

    // A block that a row attends to must be there: without this, remains would pass for its scores.
    static void CheckSeen(AttentionTile tile, int blocks, int begin, int oldest)
    {
        for (var b = 0; b < blocks; b++)
            if (tile.KeyBlocks[b] is null && begin + (b + 1) * BlockTokens > oldest)
                throw new ArgumentException($"A sequence has no block {begin / BlockTokens + b}, which its tokens attend to.");
    }

    static void Integers(CacheForm form, AttentionTile tile, int rows, int begin, int blocks, AttentionBlueprint a)
    {
        for (var b = 0; b < blocks; b++)
            if (tile.ValueBlocks[b] is not null)
            {
                var values = tile.ValueBlocks[b];
                var scales = form == CacheForm.Int8 ? IntegerCache.Scales(values, a.HeadDim) : ShortCache.Scales(values, a.HeadDim);
                Unsafe.CopyBlock(tile.ValueScales + b * BlockTokens, scales, BlockTokens * sizeof(float));
            }
        for (var row = 0; row < rows; row += PartRows)
        {
            var count = Math.Min(Keys, tile.Positions[Math.Min(rows, row + PartRows) - 1] + 1 - begin);
            if (count <= 0) continue;
            if (form == CacheForm.Int8) IntegerAttention.Run(Products.Best, tile, row, rows, begin, count, a);
            else ShortAttention.Run(Products.Best, tile, row, rows, begin, count, a);
        }
    }

    static void Floats(AttentionTile tile, int rows, int begin, AttentionBlueprint a)
    {
        for (var row = 0; row < rows; row += PartRows)
        {
            var width = Width(rows - row);
            var count = Math.Min(Keys, tile.Positions[row + width - 1] + 1 - begin);
            if (count <= 0) continue;
            switch (width)
            {
                case 1: AttentionKernel.Run<One>(tile, row, begin, count, a); break;
                case 2: AttentionKernel.Run<Two>(tile, row, begin, count, a); break;
                case 4: AttentionKernel.Run<Four>(tile, row, begin, count, a); break;
                default: AttentionKernel.Run<Eight>(tile, row, begin, count, a); break;
            }
        }
    }
}
