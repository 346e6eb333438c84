// What mixing values in 16 bits takes: rows' shares of 64 tokens in whole numbers with one scale, whose products with values add up in 32
// bits: 64 * 8191 * 4095 < 2^31.
namespace Majlis.Cpu.Kernels;

/// <param name="values">Blocks [8 pairs of tokens][padded elements][2]; null where all shares are 0.</param>
/// <param name="blocks">How many; four have one scale.</param>
/// <param name="padded">Elements, whole vectors of 16; also from one row of results to the next.</param>
/// <param name="shares">[row][token], rows <paramref name="stride"/> apart.</param>
/// <param name="scales">[four blocks][8 rows].</param>
/// <param name="width">Rows: 1, 2, 4 or 8.</param>
/// <param name="mixed">[row][padded]: what there was shrinks by its factor.</param>
/// <param name="factors">[row]</param>
readonly unsafe ref struct ShortMix(byte** values, int blocks, int padded, short* shares, int stride, float* scales, int width,
    float* mixed, float* factors)
{
    /// <summary>Blocks whose shares have one scale.</summary>
    public const int GroupBlocks = 4;

    /// <summary>Pairs of tokens of a block.</summary>
    public const int BlockPairs = 8;

    /// <summary>The largest size of a value's number.</summary>
    public const int ValueEnd = 8191;

    /// <summary>The largest share's number.</summary>
    public const int ShareEnd = 4095;

    public byte** Values { get; } = values;
    public int Blocks { get; } = blocks;
    public int Padded { get; } = padded;
    public int Width { get; } = width;
    public int Groups => (Blocks + GroupBlocks - 1) / GroupBlocks;

    /// <summary>The pairs of a row's shares of a block.</summary>
    public int* Shares(int row, int block) => (int*)(shares + row * stride) + block * BlockPairs;

    public float* Scale(int row, int group) => scales + group * 8 + row;

    public float* Mixed(int row, int element) => mixed + row * Padded + element;

    /// <summary>What a row's results shrink by before a group is added: those of the first group only.</summary>
    public float Factor(int row, int group) => group == 0 ? factors[row] : 1;
}
