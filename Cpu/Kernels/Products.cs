// The product of packed weights and packed activations: which kernel set this processor runs, and the loop over groups and tiles. The sets
// give equal bits: integer sums are exact, and every fp32 operation is the same one in the same order.
using Majlis.Cpu.Weights;

namespace Majlis.Cpu.Kernels;

abstract unsafe class Products
{
    /// <summary>The fastest set that this processor runs.</summary>
    public static Products Best { get; } = Supported.First();

    /// <summary>All sets that this processor runs, the fastest first.</summary>
    public static IEnumerable<Products> Supported
    {
        get
        {
            if (Avx512Products.IsSupported) yield return new Avx512Products();
            if (Avx2Products.IsSupported) yield return new Avx2Products();
            yield return new PortableProducts();
        }
    }

    public abstract string Name { get; }

    /// <summary>
    /// y[token * stride + row] = W x for the rows of groups <paramref name="first"/> to <paramref name="end"/> - 1 and the tokens of tiles
    /// <paramref name="firstTile"/> to <paramref name="endTile"/> - 1. y has room for whole tiles, and for whole groups in each row.
    /// </summary>
    public void Multiply(PackedMatrix weights, int first, int end, PackedRows rows, int firstTile, int endTile, float* y, long stride)
    {
        for (var group = first; group < end; group++)
        {
            var w = weights.Group(group);
            for (var tile = firstTile; tile < endTile; tile++)
            {
                var to = y + tile * PackedRows.TileRows * stride + group * WeightLayout.GroupRows;
                var packed = rows.Tile(tile);
                if (weights.Format.IsInteger()) Integers(weights.Format, w, weights.Blocks, packed, to, stride);
                else if (weights.Format == WeightFormat.Int16) Shorts(w, weights.Blocks, packed, to, stride);
                else FloatProducts.Multiply(weights.Format, w, weights.Blocks, packed, to, stride);
            }
        }
    }

    /// <summary>Shares times values in 8 bits, added to what there was.</summary>
    public abstract void Mix(in ValueMix mix);

    /// <summary>Queries times keys in 16 bits.</summary>
    public abstract void Scores(in ShortScores scores);

    /// <summary>Shares times values in 16 bits, added to what there was.</summary>
    public abstract void Mix(in ShortMix mix);

    /// <summary>One group of 16 rows times one tile, in <see cref="WeightFormat.Int16"/>.</summary>
    public abstract void Shorts(byte* w, int blocks, in PackedTile tile, float* y, long stride);

    /// <summary>One group of 16 rows times one tile, in an integer format.</summary>
    public abstract void Integers(WeightFormat format, byte* w, int blocks, in PackedTile tile, float* y, long stride);
}
