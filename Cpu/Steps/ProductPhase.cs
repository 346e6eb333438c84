// A product as work for a team: pieces of rows of weights by pieces of tokens, claimed one after another. Ends without a barrier.
using Majlis.Cpu.Kernels;
using Majlis.Cpu.Threads;
using Majlis.Cpu.Weights;

namespace Majlis.Cpu.Steps;

static unsafe class ProductPhase
{
    // Pieces for each member: with one, a core that another process slows down would hold up all; with more, claiming them costs more than
    // waiting does.
    const int PiecesPerMember = 2;

    // Activations of so many bytes stay in a core's second-level cache while all of a piece's weights pass by.
    const int CacheBytes = 512 << 10;

    // Longer products are cut finer: a core that another process slows down then holds up little.
    const int MostGroups = 16;

    /// <summary>rows[token][output] = W x for all tokens of <paramref name="packed"/>.</summary>
    public static void Run(Team team, Linear linear, PackedRows packed, FloatRows rows)
    {
        var tileBytes = packed.Blocks * 32 * PackedRows.TileRows * (packed.HasFloats ? 4 : packed.HasShorts ? 2 : 1);
        var tiles = Math.Clamp(CacheBytes / tileBytes, 1, packed.Tiles);
        var tokenPieces = (packed.Tiles + tiles - 1) / tiles;
        var groups = Math.Max(1, linear.Groups / (PiecesPerMember * team.Members));
        if (packed.Tiles > 1) groups = Math.Min(groups, MostGroups);
        var groupPieces = (linear.Groups + groups - 1) / groups;
        while (team.TryClaim(tokenPieces * groupPieces, out var item))
        {
            var (tile, first) = (item / groupPieces * tiles, item % groupPieces * groups);
            Groups(linear, first, Math.Min(linear.Groups, first + groups), packed, tile, Math.Min(packed.Tiles, tile + tiles), rows);
        }
    }

    // A piece may lie in several matrices.
    static void Groups(Linear linear, int first, int end, PackedRows packed, int firstTile, int endTile, FloatRows rows)
    {
        for (var i = 0; i < linear.Matrices.Length; i++)
        {
            var (matrix, start) = (linear.Matrices[i], linear.Offsets[i] / WeightLayout.GroupRows);
            var (from, to) = (Math.Max(first - start, 0), Math.Min(end - start, matrix.Groups));
            if (from < to)
                Products.Best.Multiply(matrix, from, to, packed, firstTile, endTile, rows.Row(0) + linear.Offsets[i], rows.Stride);
        }
    }
}
