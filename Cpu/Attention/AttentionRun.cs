// Attention of up to 32 query rows of one key head over the paged cache, a stretch of 256 keys at a time. Stretches begin at multiples of
// 256 from position 0 and are added up in order, and a masked key leaves no trace, so a row's bits depend on its own sequence alone.
using System.Runtime.CompilerServices;
using Majlis.Cpu.Kernels;
using Majlis.Model;
using static Majlis.Cpu.Attention.AttentionTile;
using static Majlis.Cpu.Attention.PagedCache;

namespace Majlis.Cpu.Attention;

/// <param name="form">How keys and values are cached.</param>
/// <param name="cache">The cache.</param>
/// <param name="layer">The layer.</param>
/// <param name="head">The key head.</param>
/// <param name="a">The layer's attention.</param>
/// <param name="table">The sequence's blocks.</param>
readonly unsafe ref struct AttentionRun(CacheForm form, PagedCache cache, int layer, int head, AttentionBlueprint a,
    ReadOnlySpan<int> table)
{
    readonly ReadOnlySpan<int> table = table;

    /// <summary>Rows that the kernel computes of a part's: 1, 2, 4 or 8.</summary>
    public static int Width(int rows) => Math.Min(rows, PartRows) switch { 1 => 1, 2 => 2, <= 4 => 4, _ => 8 };

    /// <summary>The stretches that rows at positions <paramref name="first"/> to <paramref name="last"/> see.</summary>
    public static (int First, int Count) Stretches(int first, int last, int? window)
    {
        var begin = window is { } seen ? Math.Max(0, first - seen + 1) / Keys : 0;
        return (begin, last / Keys + 1 - begin);
    }

    /// <summary>
    /// Fills the tile's total from the keys that its <paramref name="rows"/> rows attend to. Queries and positions are set, those of the
    /// rows that pad the last part too. Where others have parts of the keys, the last to finish has the total; false before.
    /// </summary>
    public bool Run(AttentionTile tile, int rows, SplitKeys splits, KeyPart part)
    {
        var (first, count) = Stretches(tile.Positions[0], tile.Positions[rows - 1], a.Window);
        tile.Total.Clear(rows);
        var end = count * (part.Index + 1) / part.Count;
        for (var s = count * part.Index / part.Count; s < end; s++)
        {
            tile.Here = part.Count > 1 ? splits.At(part.Split, s) : tile.Room;
            tile.Here.Clear(0);
            Stretch(tile, rows, (first + s) * Keys, s + 1 < end);
            if (part.Count == 1) tile.Total.Add(tile.Here, rows, form);
        }
        if (part.Count == 1) return true;
        if (!splits.IsLast(part)) return false;
        for (var s = 0; s < count; s++) tile.Total.Add(splits.At(part.Split, s), rows, form);
        return true;
    }

    void Stretch(AttentionTile tile, int rows, int begin, bool goesOn)
    {
        var last = tile.Positions[rows - 1];
        for (var b = 0; b < Blocks; b++)
        {
            var block = Block(begin / BlockTokens + b, last);
            tile.KeyBlocks[b] = block < 0 ? null : cache.Keys(layer, block, head);
            tile.ValueBlocks[b] = block < 0 ? null : cache.Values(layer, block, head);
            var next = goesOn ? Block(begin / BlockTokens + Blocks + b, last) : -1;
            tile.NextKeyBlocks[b] = next < 0 ? null : cache.Keys(layer, next, head);
        }
        var blocks = (Math.Min(Keys, last + 1 - begin) + BlockTokens - 1) / BlockTokens;
        CheckSeen(tile, blocks, begin, a.Window is { } seen ? tile.Positions[0] - seen + 1 : 0);
        if (form == CacheForm.Float32) Floats(tile, rows, begin);
        else Integers(tile, rows, begin, blocks);
    }

    int Block(int index, int last) => index <= last / BlockTokens ? table[index] : -1;

    // A block that a row attends to must be there: without this, remains would pass for its scores.
    static void CheckSeen(AttentionTile tile, int blocks, int begin, int oldest)
    {
        for (var b = 0; b < blocks; b++)
            if (tile.KeyBlocks[b] is null && begin + (b + 1) * BlockTokens > oldest)
                throw new ArgumentException($"A sequence has no block {begin / BlockTokens + b}, which its tokens attend to.");
    }

    void Integers(AttentionTile tile, int rows, int begin, int blocks)
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

    void Floats(AttentionTile tile, int rows, int begin)
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
