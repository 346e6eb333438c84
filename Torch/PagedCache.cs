// Keys and values in blocks, a pair of tensors per layer, [K, blocks, BlockSize, D]. Heads come first, because products over one head's
// keys are several times as fast when the keys are contiguous. The caller assigns block numbers; this class owns the memory.
using System.Collections.Immutable;
using Majlis.Model;
using static TorchSharp.torch;

namespace Majlis.Torch;

sealed class PagedCache : IDisposable
{
    readonly (Tensor Keys, Tensor Values)[] layers;
    readonly ImmutableArray<CacheGroup> groups;
    readonly int blockSize;

    /// <summary>
    /// Reserves memory. A block's memory is touched only when the block is used, so a large cache does not slow the start.
    /// </summary>
    public PagedCache(Blueprint blueprint, ImmutableArray<CacheGroup> groups, ReadOnlySpan<int> blocksPerGroup, int blockSize,
        ScalarType dtype, Device device)
    {
        if (blocksPerGroup.Length != groups.Length)
            throw new ArgumentException($"{groups.Length} cache groups, but blocks for {blocksPerGroup.Length}.", nameof(blocksPerGroup));
        BlocksPerGroup = blocksPerGroup.ToImmutableArray();
        (this.groups, this.blockSize) = (groups, blockSize);
        layers = new (Tensor, Tensor)[blueprint.Layers.Length];
        using var memory = new LargeBlocks(dtype, device);
        for (var g = 0; g < groups.Length; g++)
            foreach (var layer in groups[g].Layers)
            {
                var attention = blueprint.Layers[layer].Attention;
                long[] shape = [attention.KeyValueHeads, blocksPerGroup[g], blockSize, attention.HeadDim];
                layers[layer] = (memory.Take(shape).DetachFromDisposeScope(), memory.Take(shape).DetachFromDisposeScope());
            }
    }

    public ImmutableArray<int> BlocksPerGroup { get; }

    /// <summary>
    /// Zeroes the blocks that a batch starts and does not fill. Values behind a mask must be finite, and neither fresh memory nor the
    /// remains of a block's last sequence need be.
    /// </summary>
    public void Prepare(ForwardBatch batch)
    {
        foreach (var span in batch.Spans)
        {
            var end = span.Cached + span.Count;
            var last = (end - 1) / blockSize;
            if (end % blockSize == 0 || last * blockSize < span.Cached) continue;
            for (var g = 0; g < groups.Length; g++)
                if (last < span.BlockTables[g].Length && span.BlockTables[g][last] is >= 0 and var block) Clean(g, block);
        }
    }

    void Clean(int group, int block)
    {
        using var scope = NewDisposeScope();
        foreach (var layer in groups[group].Layers)
        {
            layers[layer].Keys.narrow(1, block, 1).zero_();
            layers[layer].Values.narrow(1, block, 1).zero_();
        }
    }

    /// <summary>Stores the new tokens' keys and values [N, K, D] in their slots.</summary>
    public void Write(int layer, SlotList slots, Tensor keys, Tensor values)
    {
        Store(layers[layer].Keys, keys);
        Store(layers[layer].Values, values);

        void Store(Tensor cache, Tensor rows)
        {
            var flat = cache.flatten(1, 2); // [K, slots, D]
            if (slots.Indices is { } indices) flat.index_copy_(1, indices, rows.transpose(0, 1));
            else flat.narrow(1, slots.First, slots.Count).copy_(rows.transpose(0, 1));
        }
    }

    /// <summary>Keys and values [K, S, L, D] of a view; no copy where its blocks are consecutive.</summary>
    public (Tensor Keys, Tensor Values) Read(int layer, KeyView view)
    {
        return (Gather(layers[layer].Keys), Gather(layers[layer].Values));

        Tensor Gather(Tensor cache)
        {
            var blocks = view.Blocks is { } ids ? cache.index_select(1, ids) : cache.narrow(1, view.FirstBlock, view.BlocksEach);
            var rows = blocks.view(cache.shape[0], view.Sequences, view.BlocksEach * cache.shape[2], cache.shape[3]);
            return view.Length == rows.shape[2] ? rows : rows.narrow(2, 0, view.Length);
        }
    }

    public void Dispose()
    {
        foreach (var (keys, values) in layers)
        {
            keys?.Dispose();
            values?.Dispose();
        }
    }
}

/// <summary>The slots of new tokens: First .. First + Count - 1, or a list.</summary>
sealed record SlotList(int First, int Count, Tensor? Indices);

/// <summary>
/// The cached tokens that some sequences read: BlocksEach blocks for each of Sequences, as a list or (one sequence) from FirstBlock on; the
/// first Length of their slots.
/// </summary>
sealed record KeyView(int Sequences, int BlocksEach, Tensor? Blocks, int FirstBlock, int Length);
