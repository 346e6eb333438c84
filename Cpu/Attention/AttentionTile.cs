// What one thread needs for some rows of queries: their scores, shares and results, and the keys at hand. Memory only; AttentionKernel
// computes.
using Majlis.Cpu.Kernels;

namespace Majlis.Cpu.Attention;

/// <summary>Up to 32 query rows of one key head in parts of eight; a row is one token's query of one head.</summary>
sealed unsafe class AttentionTile : IDisposable
{
    /// <summary>Query rows of a part: those that a kernel computes at a time.</summary>
    public const int PartRows = 8;

    /// <summary>Query rows that share the keys at hand.</summary>
    public const int Rows = 4 * PartRows;

    /// <summary>Keys at hand.</summary>
    public const int Keys = 256;

    /// <summary>Cache blocks at hand.</summary>
    public const int Blocks = Keys / PagedCache.BlockTokens;

    readonly NativeBuffer memory;
    readonly int chunks;

    public AttentionTile(int headDim)
    {
        Padded = CacheLayout.Padded(headDim);
        chunks = CacheLayout.Chunks(headDim);
        var floats = Rows * chunks * ShortRounding.Columns + 2 * SoftmaxSums.Floats(Rows, Padded) + Rows * chunks + PartRows * Keys + Keys
            + PartRows * Blocks;
        memory = new NativeBuffer(floats * sizeof(float) + PartRows * Keys * sizeof(short) + 3 * Blocks * sizeof(byte*));
    }

    /// <summary>Elements of a head, as whole vectors.</summary>
    public int Padded { get; }

    /// <summary>[part][element][row of the part's width]</summary>
    public float* Queries => (float*)memory.Start;

    /// <summary>The queries in 8 bits, a tile a part, where the cache is in 8 bits.</summary>
    public PackedRows Packed { get; } = new();

    /// <summary>[row][chunk of 64 elements][64]: a row's query in 16 bits, where the cache is.</summary>
    public short* ShortQuery(int row) => (short*)Queries + row * chunks * ShortRounding.Columns;

    /// <summary>What the rows have of all keys.</summary>
    public SoftmaxSums Total => new(Queries + Rows * chunks * ShortRounding.Columns, Padded);

    /// <summary>Room for what the rows have of the keys at hand.</summary>
    public SoftmaxSums Room => new(Queries + Rows * chunks * ShortRounding.Columns + SoftmaxSums.Floats(Rows, Padded), Padded);

    /// <summary>What the rows have of the keys at hand: in <see cref="Room"/>, or where other threads find it.</summary>
    public SoftmaxSums Here { get; set; }

    /// <summary>[chunk of 64 elements][row]: scales of queries in 16 bits.</summary>
    public float* QueryScales => Queries + Rows * chunks * ShortRounding.Columns + 2 * SoftmaxSums.Floats(Rows, Padded);

    /// <summary>[row of a part][key]: scores, then shares.</summary>
    public float* Scores => QueryScales + Rows * chunks;

    /// <summary>[key]: scales of values in whole numbers.</summary>
    public float* ValueScales => Scores + PartRows * Keys;

    /// <summary>[pair or four of blocks][row of a part]: scales of a part's shares.</summary>
    public float* ShareScales => ValueScales + Keys;

    /// <summary>[pair of blocks][row of a part][32 keys]: a part's shares in 7 bits.</summary>
    public sbyte* Shares => (sbyte*)(ShareScales + PartRows * Blocks);

    /// <summary>[row of a part][key]: a part's shares in 12 bits.</summary>
    public short* ShortShares => (short*)Shares;

    /// <summary>The blocks' keys; null where a window has passed them.</summary>
    public byte** KeyBlocks => (byte**)(ShortShares + PartRows * Keys);

    /// <summary>The blocks' values.</summary>
    public byte** ValueBlocks => KeyBlocks + Blocks;

    /// <summary>The keys of the blocks after these.</summary>
    public byte** NextKeyBlocks => ValueBlocks + Blocks;

    /// <summary>The position of each row's token, ascending.</summary>
    public int[] Positions { get; } = new int[Rows];

    public void Dispose()
    {
        Packed.Dispose();
        memory.Dispose();
    }
}
