// How a matrix lies in memory for the kernels. Sizes only; Packer writes these layouts, Kernels read them.
namespace Majlis.Cpu.Weights;

/// <summary>
/// Sixteen rows are interleaved, columns come in blocks of 32. A lane of a vector holds consecutive columns of one row, so no kernel sums
/// across lanes, and a group of rows is read from its first byte to its last.
/// </summary>
public enum WeightFormat
{
    /// <summary>fp32; [32 columns][16 rows].</summary>
    F32,

    /// <summary>fp16, finite; [16 pairs of columns][16 rows][2].</summary>
    F16,

    /// <summary>
    /// d * q, q in -8191..8191 and d a power of 2: what bf16 holds, but for numbers below 1/32 of the block's largest, which are off by at
    /// most 1/8192 of that. As <see cref="F16"/>, then 16 exponents of d as an fp32 has them, in bytes.
    /// </summary>
    Int16,

    /// <summary>d * q, q in -127..127 stored plus 128; [8 quads of columns][16 rows][4], then 16 scales in fp16.</summary>
    Int8,

    /// <summary>d * q + m; as <see cref="Int8"/>, then 16 minima in fp16.</summary>
    Int8Min,

    /// <summary>d * (q - 8), q in 0..15; [4 quads][16 rows][4] bytes with columns 0..15 in the low halves and 16..31 in the high ones,
    /// then 16 scales in fp16.</summary>
    Int4,

    /// <summary>d * q + m; as <see cref="Int4"/>, then 16 scales and 16 minima in fp16.</summary>
    Int4Min,
}

static class WeightLayout
{
    /// <summary>Rows that are interleaved.</summary>
    public const int GroupRows = 16;

    /// <summary>Columns that share a scale.</summary>
    public const int BlockColumns = 32;

    /// <summary>The bytes of 16 rows by 32 columns.</summary>
    public static int BlockBytes(this WeightFormat format) => format switch
    {
        WeightFormat.F32 => 2048,
        WeightFormat.F16 => 1024,
        WeightFormat.Int16 => 1024 + 16,
        WeightFormat.Int8 => 512 + 32,
        WeightFormat.Int8Min => 512 + 64,
        WeightFormat.Int4 => 256 + 32,
        _ => 256 + 64,
    };

    /// <summary>Whether a block has minima beside its scales.</summary>
    public static bool HasMinimum(this WeightFormat format) => format is WeightFormat.Int8Min or WeightFormat.Int4Min;

    /// <summary>Whether numbers are stored in whole bytes.</summary>
    public static bool HasBytes(this WeightFormat format) => format is WeightFormat.Int8 or WeightFormat.Int8Min;

    /// <summary>Whether the kernels multiply by activations in int8.</summary>
    public static bool IsInteger(this WeightFormat format) => format >= WeightFormat.Int8;

    /// <summary>Whether the kernels multiply by activations in fp32.</summary>
    public static bool IsFloat(this WeightFormat format) => format <= WeightFormat.F16;
}
