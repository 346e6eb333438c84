// Writes tokens' fp32 rows into PackedRows: copies them, or quantises each block of 32 columns to int8 with the scale max / 127, or to 14
// bits. The numbers do not depend on the other tokens. A block that is not finite gets a scale that is not finite, so its products are not
// finite either.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Majlis.Cpu.Kernels;

static unsafe class RowPacking
{
    const int BlockColumns = 32;

    /// <summary>Packs one token's whole row.</summary>
    public static void Pack(PackedRows rows, int token, float* row, int columns) => Pack(rows, token, row, columns, 0, rows.Blocks);

    /// <summary>Packs the rows of a tile, <paramref name="stride"/> floats apart.</summary>
    public static void PackTile(PackedRows rows, int tile, float* row, long stride, int columns) =>
        PackTile(rows, tile, row, stride, columns, 0, rows.Blocks);

    /// <summary>Packs blocks <paramref name="first"/> to <paramref name="end"/> - 1 of a tile's rows.</summary>
    public static void PackTile(PackedRows rows, int tile, float* row, long stride, int columns, int first, int end)
    {
        var count = Math.Min(PackedRows.TileRows, rows.Rows - tile * PackedRows.TileRows);
        var isWhole = count == PackedRows.TileRows && !rows.HasFloats && TilePacking.IsSupported;
        var whole = isWhole ? Math.Max(first, Math.Min(end, columns / BlockColumns)) : first;
        if (whole > first) Together(rows, rows.Tile(tile), row, stride, first, whole);
        if (whole == end) return;
        for (var i = 0; i < count; i++) Pack(rows, tile * PackedRows.TileRows + i, row + i * stride, columns, whole, end);
    }

    /// <summary>Packs blocks <paramref name="first"/> to <paramref name="end"/> - 1 of one token's row.</summary>
    public static void Pack(PackedRows rows, int token, float* row, int columns, int first, int end)
    {
        var tile = rows.Tile(token / PackedRows.TileRows);
        var place = token % PackedRows.TileRows;
        var whole = Math.Min(end, columns / BlockColumns);
        if (whole > first) Pack(rows, tile, place, row, first, whole);
        if (whole == end) return;
        var last = stackalloc float[BlockColumns];
        for (var k = 0; k < BlockColumns; k++) last[k] = whole * BlockColumns + k < columns ? row[whole * BlockColumns + k] : 0;
        Pack(rows, tile, place, last - whole * BlockColumns, whole, end);
    }

    static void Pack(PackedRows rows, in PackedTile tile, int place, float* row, int first, int end)
    {
        if (rows.HasFloats) Copy(tile, place, row, first, end);
        if (rows.HasShorts)
            if (Vector512.IsHardwareAccelerated) Shorten<WholeFloats>(tile, place, row, first, end);
            else Shorten<HalvedFloats>(tile, place, row, first, end);
        if (!rows.HasIntegers) return;
        if (Vector512.IsHardwareAccelerated) Quantise<WholeFloats>(tile, place, row, first, end);
        else Quantise<HalvedFloats>(tile, place, row, first, end);
    }

    static void Together(PackedRows rows, in PackedTile tile, float* row, long stride, int first, int end)
    {
        if (rows.HasShorts)
            if (Vector512.IsHardwareAccelerated) TilePacking.Shorten<WholeFloats>(tile, row, stride, first, end);
            else TilePacking.Shorten<HalvedFloats>(tile, row, stride, first, end);
        if (!rows.HasIntegers) return;
        if (Vector512.IsHardwareAccelerated) TilePacking.Quantise<WholeFloats>(tile, row, stride, first, end);
        else TilePacking.Quantise<HalvedFloats>(tile, row, stride, first, end);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Copy(in PackedTile tile, int token, float* row, int first, int end)
    {
        var to = tile.Floats + token;
        var width = tile.Width;
        for (var k = first * BlockColumns; k < end * BlockColumns; k++) to[k * width] = row[k];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Shorten<T>(in PackedTile tile, int token, float* row, int first, int end) where T : struct, IFloats<T>
    {
        var width = tile.Width;
        for (var b = first; b < end; b++)
        {
            var (low, high) = (T.Load(row + b * BlockColumns), T.Load(row + b * BlockColumns + 16));
            var most = ByteRounding.Largest(low, high);
            var factor = T.All(ShortRounding.Factor(most, ShortProducts.ActivationEnd));
            var (firstPairs, lastPairs) = ((low * factor).ToShorts().AsInt32(), (high * factor).ToShorts().AsInt32());
            var to = tile.Shorts + b * 16 * width + token;
            for (var k = 0; k < 8; k++) (to[k * width], to[(k + 8) * width]) = (firstPairs[k], lastPairs[k]);
            tile.ShortScales[b * width + token] = ShortRounding.Scale(most, ShortProducts.ActivationEnd);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Quantise<T>(in PackedTile tile, int token, float* row, int first, int end) where T : struct, IFloats<T>
    {
        var width = tile.Width;
        for (var b = first; b < end; b++)
        {
            var (low, high) = (T.Load(row + b * BlockColumns), T.Load(row + b * BlockColumns + 16));
            var most = ByteRounding.Largest(low, high);
            var inverse = T.All(most > 0 ? 127 / most : 0);
            var bytes = ByteRounding.Bytes(low * inverse, high * inverse);
            var quads = bytes.AsInt32();
            var to = (int*)tile.Numbers + b * 8 * width + token;
            for (var k = 0; k < 8; k++) to[k * width] = quads[k];
            var (at, scale, sum) = (b * width + token, most / 127 * PackedRows.HalfFactor, ByteRounding.Sum(bytes));
            tile.Scales[at] = scale;
            tile.Sums[at] = scale * sum;
            tile.Minus128[at] = -128 * sum;
            tile.Minus8[at] = -8 * sum;
        }
    }
}
