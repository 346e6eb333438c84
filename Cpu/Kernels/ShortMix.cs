// What mixing values in 16 bits takes: rows' shares of 64 tokens in whole numbers with one scale, whose products with values add up in 32
// bits: 64 * 8191 * 4095 < 2^31.
namespace Majlis.Cpu.Kernels;

/// <param name="values">Blocks [8 pairs of tokens][padded elements][2]; null where all shares are 0.</param>
/// <param name="blocks">How many; four have one scale.</param>
/// <param name="padded">Elements, whole vectors of 16; also from one row of results to the next.</param>
/// <param name="shares">[row][token], rows <paramref name="stride"/> apart.</param>
/// <param name="scales">[four blocks][8 rows].</param>
/// <param name="width">Rows: 1, 2, 4 or 8.</param>
/// <param name="mixed">[row][padded]</param>
/// <param name="next">What is read after the values, a piece a block.</param>
/// <param name="nextBytes">Bytes of a piece; 0 where it is near already.</param>
readonly unsafe ref struct ShortMix(byte** values, int blocks, int padded, short* shares, int stride, float* scales, int width,
    float* mixed, byte** next, long nextBytes)
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

    /// <summary>Asks for what is read after the values.</summary>
    public void FetchNext(int group)
    {
        for (var block = group * GroupBlocks; block < (group + 1) * GroupBlocks; block++) Prefetching.Fetch(next[block], nextBytes);
    }

    public float* Mixed(int row, int element) => mixed + row * Padded + element;
}
