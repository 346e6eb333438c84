// Eight rows that are rounded together are, number for number, what each becomes by itself.
using Majlis.Cpu;
using Majlis.Cpu.Kernels;
using Xunit;

namespace Majlis.tests.Cpu;

public sealed unsafe class TilePackingTests
{
    const int Columns = 100;

    [Theory]
    [InlineData(8, true, false)]
    [InlineData(8, false, true)]
    [InlineData(21, true, true)]
    [InlineData(5, true, true)]
    public void Rows_packed_by_tiles_equal_rows_packed_one_by_one(int tokens, bool integers, bool shorts)
    {
        using var rows = Rows(tokens);
        using PackedRows apart = new(), together = new();
        foreach (var packed in new[] { apart, together }) packed.Shape(tokens, Columns, integers, floats: false, shorts);
        for (var token = 0; token < tokens; token++) RowPacking.Pack(apart, token, rows.Row(token), Columns);
        for (var tile = 0; tile < together.Tiles; tile++)
            RowPacking.PackTile(together, tile, rows.Row(8 * tile), rows.Stride, Columns);
        for (var token = 0; token < tokens; token++)
            Assert.Equal(Numbers(apart, token, integers, shorts), Numbers(together, token, integers, shorts));
    }

    [Fact]
    public void Pieces_of_a_tile_come_to_the_whole()
    {
        using var rows = Rows(8);
        using PackedRows whole = new(), pieces = new();
        foreach (var packed in new[] { whole, pieces }) packed.Shape(8, Columns, integers: true, floats: false, shorts: true);
        RowPacking.PackTile(whole, 0, rows.Row(0), rows.Stride, Columns);
        foreach (var (first, end) in new[] { (3, 4), (1, 3), (0, 1) })
            RowPacking.PackTile(pieces, 0, rows.Row(0), rows.Stride, Columns, first, end);
        for (var token = 0; token < 8; token++) Assert.Equal(Numbers(whole, token, true, true), Numbers(pieces, token, true, true));
    }

    // Blocks of zeros, with NaN and infinity, of the largest and of the smallest numbers among others.
    static FloatRows Rows(int tokens)
    {
        var rows = new FloatRows();
        rows.Shape(tokens, Columns);
        var random = new Random(7);
        for (var token = 0; token < tokens; token++)
            for (var k = 0; k < Columns; k++)
                rows.Row(token)[k] = ((token * 4 + k / 32) % 11) switch
                {
                    3 => 0,
                    5 when k % 7 == 0 => float.NaN,
                    6 when k % 9 == 0 => float.NegativeInfinity,
                    7 => float.MaxValue * (random.NextSingle() - 0.5f),
                    8 => 1e-38f * random.NextSingle(),
                    _ => random.NextSingle() * 8 - 4,
                };
        return rows;
    }

    // Of blocks that are finite, all numbers; of others, the scales alone: they must tell.
    static List<int> Numbers(PackedRows packed, int token, bool integers, bool shorts)
    {
        var (tile, at) = (packed.Tile(token / 8), token % 8);
        List<int> found = [];
        for (var b = 0; b < packed.Blocks; b++)
        {
            var place = b * tile.Width + at;
            if (integers) found.Add(BitConverter.SingleToInt32Bits(tile.Scales[place]));
            if (shorts) found.Add(BitConverter.SingleToInt32Bits(tile.ShortScales[place]));
            var isFinite = float.IsFinite(integers ? tile.Scales[place] : tile.ShortScales[place]);
            if (integers && isFinite)
            {
                found.AddRange([BitConverter.SingleToInt32Bits(tile.Sums[place]), tile.Minus128[place], tile.Minus8[place]]);
                for (var k = 0; k < 8; k++) found.Add(((int*)tile.Numbers)[b * 8 * tile.Width + k * tile.Width + at]);
            }
            for (var k = 0; shorts && isFinite && k < 16; k++) found.Add(tile.Shorts[b * 16 * tile.Width + k * tile.Width + at]);
        }
        return found;
    }
}
