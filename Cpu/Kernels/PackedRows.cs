// Activations as the kernels read them: tiles of up to eight tokens, in whole numbers of 8 or 14 bits with a scale for each block of 32
// columns, in fp32, or in several of these. Memory only; RowPacking fills it.
using Majlis.Cpu.Weights;

namespace Majlis.Cpu.Kernels;

/// <summary>
/// [tile][block][quad of columns][token of the tile][4] bytes, [tile][block][pair of columns][token][2] shorts, or [tile][column][token]
/// floats. A tile has 1, 2, 4 or 8 tokens; tokens that pad the last one hold whatever was there, and their results are dropped.
/// </summary>
sealed unsafe class PackedRows : IDisposable
{
    /// <summary>Tokens of a whole tile.</summary>
    public const int TileRows = 8;

    /// <summary>The factor by which fp16 bits, shifted into an fp32's place, are too small: 2^112.</summary>
    public const float HalfFactor = 5.192296858534828e33f;

    NativeBuffer? memory;
    long capacity;

    public int Rows { get; private set; }

    public int Blocks { get; private set; }

    public int Tiles => (Rows + TileRows - 1) / TileRows;

    public bool HasIntegers { get; private set; }

    public bool HasShorts { get; private set; }

    public bool HasFloats { get; private set; }

    /// <summary>Makes room for rows of so many columns; the content is undefined.</summary>
    public void Shape(int rows, int columns, bool integers, bool floats, bool shorts = false)
    {
        (Rows, HasIntegers, HasFloats, HasShorts) = (rows, integers, floats, shorts);
        Blocks = (columns + WeightLayout.BlockColumns - 1) / WeightLayout.BlockColumns;
        var blocks = (long)Tiles * TileRows * Blocks;
        if (blocks <= capacity) return;
        memory?.Dispose();
        (memory, capacity) = (new NativeBuffer(blocks * (32 + 32 * 4 + 32 * 2 + 6 * 4)), blocks);
    }

    /// <summary>Tokens of a tile, padding included.</summary>
    public int Width(int tile) => Math.Min(TileRows, Rows - tile * TileRows) switch { 1 => 1, 2 => 2, <= 4 => 4, _ => 8 };

    public PackedTile Tile(int tile)
    {
        var at = (long)tile * TileRows * Blocks;
        var floats = (float*)memory!.Start;
        var scales = floats + 32 * capacity;
        var integers = (int*)(scales + 3 * capacity);
        var numbers = (sbyte*)(integers + 2 * capacity);
        return new(Width(tile), floats + 32 * at, numbers + 32 * at, scales + at, scales + capacity + at, integers + at,
            integers + capacity + at)
        {
            Shorts = (int*)(numbers + 32 * capacity) + 16 * at,
            ShortScales = scales + 2 * capacity + at,
        };
    }

    public void Dispose() => memory?.Dispose();
}

/// <summary>A tile of Width tokens; q are the int8 numbers of a block, s its scale. Everything but the numbers is [block][token].</summary>
readonly unsafe struct PackedTile(int width, float* floats, sbyte* numbers, float* scales, float* sums, int* minus128, int* minus8)
{
    public int Width { get; } = width;
    public float* Floats { get; } = floats;
    public sbyte* Numbers { get; } = numbers;

    /// <summary>s * 2^112.</summary>
    public float* Scales { get; } = scales;

    /// <summary>s * 2^112 * sum of q, for formats with a minimum.</summary>
    public float* Sums { get; } = sums;

    /// <summary>-128 * sum of q, for weights stored plus 128.</summary>
    public int* Minus128 { get; } = minus128;

    /// <summary>-8 * sum of q, for weights stored plus 8.</summary>
    public int* Minus8 { get; } = minus8;

    /// <summary>[block][pair of columns][token]: two numbers of 14 bits.</summary>
    public int* Shorts { get; init; }

    /// <summary>Their scales.</summary>
    public float* ShortScales { get; init; }
}
