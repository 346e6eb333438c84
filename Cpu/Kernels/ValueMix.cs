// What mixing values in 8 bits takes: blocks of 16 tokens in pairs, and rows' shares of each pair's 32 tokens in 7 bits.
namespace Majlis.Cpu.Kernels;

/// <param name="blocks">[2 pairs] blocks [padded / 16][4 quads][16 elements][4 tokens]; null where all shares are 0.</param>
/// <param name="pairs">Pairs of blocks.</param>
/// <param name="padded">Elements, whole vectors of 16; also from one row of results to the next.</param>
/// <param name="shares">[pair][row][32 tokens], 0..127.</param>
/// <param name="scales">[pair][row].</param>
/// <param name="width">Rows: 1, 2, 4 or 8.</param>
/// <param name="mixed">[row][padded]</param>
readonly unsafe ref struct ValueMix(byte** blocks, int pairs, int padded, sbyte* shares, float* scales, int width, float* mixed)
{
    public byte** Blocks { get; } = blocks;
    public int Pairs { get; } = pairs;
    public int Padded { get; } = padded;
    public sbyte* Shares { get; } = shares;
    public float* Scales { get; } = scales;
    public int Width { get; } = width;
    public float* Mixed { get; } = mixed;

    /// <summary>The values of 16 elements in both blocks of a pair; a missing block's stand-in is the other. False if both are.</summary>
    public bool Find(int pair, int group, out byte* one, out byte* other)
    {
        byte* first = Blocks[2 * pair], second = Blocks[2 * pair + 1];
        one = (first is null ? second : first) + group * 256;
        other = (second is null ? first : second) + group * 256;
        return first is not null || second is not null;
    }
}
