// What one thread needs for some rows of queries: their scores, shares and results so far, and the keys at hand. Memory only;
// AttentionKernel computes.
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

    public AttentionTile(int headDim)
    {
        Padded = PagedCache.Padded(headDim);
        memory = new NativeBuffer(((2 * Rows + 2 * Keys) * Padded + PartRows * Keys) * sizeof(float) + 2 * Blocks * sizeof(byte*));
    }

    /// <summary>Elements of a head, as whole vectors.</summary>
    public int Padded { get; }

    /// <summary>[part][element][row of the part's width]</summary>
    public float* Queries => (float*)memory.Start;

    /// <summary>[row][element], not yet divided by the sums.</summary>
    public float* Mixed => Queries + Rows * Padded;

    /// <summary>[block][element][token]: keys in fp32.</summary>
    public float* WideKeys => Mixed + Rows * Padded;

    /// <summary>[block][token][element]: values in fp32.</summary>
    public float* WideValues => WideKeys + Keys * Padded;

    /// <summary>[row of a part][key]: scores, then shares.</summary>
    public float* Scores => WideValues + Keys * Padded;

    /// <summary>The blocks' keys; null where a window has passed them.</summary>
    public byte** KeyBlocks => (byte**)(Scores + PartRows * Keys);

    /// <summary>The blocks' values.</summary>
    public byte** ValueBlocks => KeyBlocks + Blocks;

    /// <summary>The position of each row's token, ascending.</summary>
    public int[] Positions { get; } = new int[Rows];

    /// <summary>Each row's largest score so far.</summary>
    public float[] Largest { get; } = new float[Rows];

    /// <summary>Each row's sum of shares so far.</summary>
    public float[] Sums { get; } = new float[Rows];

    /// <summary>What the last keys' scores shrink each row's results by.</summary>
    public float[] Factors { get; } = new float[Rows];

    /// <summary>Forgets the results of other rows.</summary>
    public void Clear()
    {
        new Span<float>(Mixed, Rows * Padded).Clear();
        Largest.AsSpan().Fill(float.NegativeInfinity);
        Sums.AsSpan().Clear();
    }

    public void Dispose() => memory.Dispose();
}
