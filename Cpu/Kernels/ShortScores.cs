// What scores over keys in 16 bits take: queries and keys in whole numbers with a scale for each 64 elements, whose products add up in 32
// bits: 64 * 8191 * 4095 < 2^31.
namespace Majlis.Cpu.Kernels;

/// <param name="keys">Blocks [pairs of elements][16 tokens][2], then scales [chunk of 64 elements][16]; null where none are needed.</param>
/// <param name="blocks">How many.</param>
/// <param name="pairs">Pairs of elements, an even number.</param>
/// <param name="queries">[row][whole chunks]</param>
/// <param name="scales">[chunk][row], <paramref name="scaleStride"/> apart.</param>
/// <param name="width">Rows: 1, 2, 4 or 8.</param>
/// <param name="scores">[row][block][16 tokens], rows <paramref name="stride"/> apart.</param>
/// <param name="next">What is read after the keys, a piece a block.</param>
/// <param name="nextBytes">Bytes of a piece; 0 where it is near already.</param>
readonly unsafe ref struct ShortScores(byte** keys, int blocks, int pairs, short* queries, float* scales, int scaleStride, int width,
    float* scores, int stride, byte** next, long nextBytes)
{
    /// <summary>Pairs of elements that have a scale.</summary>
    public const int ChunkPairs = 32;

    /// <summary>The largest size of a key's number.</summary>
    public const int KeyEnd = 8191;

    /// <summary>The largest size of a query's number.</summary>
    public const int QueryEnd = 4095;

    public byte** Keys { get; } = keys;
    public int Blocks { get; } = blocks;
    public int Pairs { get; } = pairs;
    public int Width { get; } = width;
    public int Stride { get; } = stride;
    public int Chunks => (Pairs + ChunkPairs - 1) / ChunkPairs;

    /// <summary>The pairs of a row's query from a chunk on.</summary>
    public int* Query(int row, int chunk) => (int*)(queries + (row * Chunks + chunk) * 2 * ChunkPairs);

    public float* Scale(int row, int chunk) => scales + chunk * scaleStride + row;

    /// <summary>Asks for what is read after the keys.</summary>
    public void FetchNext(int block) => Prefetching.Fetch(next[block], nextBytes);

    public float* Scores(int row, int block) => scores + row * Stride + block * 16;
}
