// A network that computes logits, on any backend. Owns cache memory; the caller owns the block numbers.
using Majlis.Model.Adapters;
using Majlis.Text;

namespace Majlis.Model;

/// <summary>Weights ready to compute. One thread at a time calls <see cref="Forward"/>.</summary>
public interface INetwork : IDisposable
{
    Blueprint Blueprint { get; }

    /// <summary>Tokens per cache block, the same in every group.</summary>
    int BlockSize { get; }

    /// <summary>
    /// Its numbers never depend on the rest of a batch: it needs no <see cref="ForwardBatch.IsDeterministic"/>, and is asked for none.
    /// </summary>
    bool IsBatchInvariant => false;

    /// <summary>The size in bytes of one block of cache group <paramref name="group"/>.</summary>
    long BytesPerBlock(int group);

    /// <summary>Allocates (or replaces) the cache: <paramref name="blocksPerGroup"/>[g] blocks for each group of the Blueprint.</summary>
    void AllocateCache(ReadOnlySpan<int> blocksPerGroup);

    /// <summary>
    /// Adds an adapter, whose numbers are copied, and returns the index under which sequences use it. Any thread may call it while steps
    /// run.
    /// </summary>
    /// <exception cref="ModelFormatException">The adapter was made for another network.</exception>
    /// <exception cref="NotSupportedException">This kind of network serves no adapters.</exception>
    int AddAdapter(LowRankAdapter adapter) => throw new NotSupportedException($"{GetType().Name} serves no adapters.");

    /// <summary>Frees an adapter that no running or later step uses. Its index is not used again.</summary>
    void RemoveAdapter(int index) => throw new NotSupportedException($"{GetType().Name} serves no adapters.");

    /// <summary>
    /// Writes the batch's keys and values to their blocks and computes the rows asked for. Where it is
    /// <see cref="IsBatchInvariant"/>, the result may be read until the next call; else until its disposal.
    /// </summary>
    ForwardResult Forward(ForwardBatch batch);
}
