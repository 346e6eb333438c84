// A network that computes logits, on any backend. Owns cache memory; the caller owns the block numbers.
namespace Majlis.Model;

/// <summary>Weights ready to compute. One thread at a time calls <see cref="Forward"/>.</summary>
public interface INetwork : IDisposable
{
    Blueprint Blueprint { get; }

    /// <summary>Tokens per cache block, the same in every group.</summary>
    int BlockSize { get; }

    /// <summary>The size in bytes of one block of cache group <paramref name="group"/>.</summary>
    long BytesPerBlock(int group);

    /// <summary>Allocates (or replaces) the cache: <paramref name="blocksPerGroup"/>[g] blocks for each group of the Blueprint.</summary>
    void AllocateCache(ReadOnlySpan<int> blocksPerGroup);

    /// <summary>Writes the batch's keys and values to their blocks and computes the rows asked for.</summary>
    ForwardResult Forward(ForwardBatch batch);
}
