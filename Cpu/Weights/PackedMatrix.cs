// A matrix in one of the kernels' layouts. Knows neither its name nor who multiplies by it.
namespace Majlis.Cpu.Weights;

/// <summary>
/// [Rows, Columns]; rows are padded to whole groups and columns to whole blocks, with zeros. Its memory is the arena's.
/// </summary>
sealed unsafe class PackedMatrix
{
    readonly byte* start;

    public PackedMatrix(NativeArena memory, WeightFormat format, int rows, int columns)
    {
        (Format, Rows, Columns) = (format, rows, columns);
        Groups = Ceiling(rows, WeightLayout.GroupRows);
        Blocks = Ceiling(columns, WeightLayout.BlockColumns);
        start = memory.Take(Groups * GroupBytes);
    }

    /// <summary>The memory of a matrix.</summary>
    public static long Bytes(WeightFormat format, int rows, int columns) =>
        (long)Ceiling(rows, WeightLayout.GroupRows) * Ceiling(columns, WeightLayout.BlockColumns) * format.BlockBytes();

    public WeightFormat Format { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Groups of 16 rows.</summary>
    public int Groups { get; }

    /// <summary>Blocks of 32 columns.</summary>
    public int Blocks { get; }

    public long GroupBytes => (long)Blocks * Format.BlockBytes();

    /// <summary>The first byte of a group.</summary>
    public byte* Group(int group) => start + group * GroupBytes;

    static int Ceiling(int value, int unit) => (value + unit - 1) / unit;
}
