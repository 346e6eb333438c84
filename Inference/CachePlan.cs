// How many cache blocks each group gets out of the available memory. Arithmetic only.
using System.Collections.Immutable;
using Majlis.Model;
using Majlis.Text;

namespace Majlis.Inference;

/// <summary>Blocks per cache group, for as many tokens of sequence as <see cref="EngineOptions.CacheBytes"/> holds.</summary>
sealed record CachePlan(ImmutableArray<CacheGroup> Groups, ImmutableArray<int> Blocks)
{
    /// <exception cref="ModelFormatException">The network has no cache, or the memory is too small for one block of each group.</exception>
    public static CachePlan Make(INetwork network, int maxContext, EngineOptions options)
    {
        var groups = network.Blueprint.CacheGroups;
        if (groups.IsEmpty) throw new ModelFormatException($"A {network.Blueprint.Family} model keeps no cache; it cannot generate text.");
        // Bisects for the most tokens whose blocks fit; never more than all sequences need at full length.
        long low = 0, high = Ceiling((long)options.MaxSequences * (maxContext + 1), network.BlockSize);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Bytes(middle) <= options.CacheBytes) low = middle;
            else high = middle - 1;
        }
        if (low < 1) throw new ModelFormatException($"CacheBytes is {options.CacheBytes}; this model needs at least {Bytes(1)}.");
        return new(groups, [.. groups.Select(group => Count(group, low))]);

        long Bytes(long blocks) => groups.Select((group, index) => Count(group, blocks) * network.BytesPerBlock(index)).Sum();

        int Count(CacheGroup group, long blocks) => (int)(group.Window is { } window
            ? Math.Min(blocks, options.MaxSequences * (Ceiling(window + options.MaxBatchTokens, network.BlockSize) + 2)) : blocks);
    }

    public BlockAllocator Allocator(int blockSize) =>
        new(blockSize, [.. Groups.Select((group, index) => new BlockPool(Blocks[index], group.Window))]);

    static long Ceiling(long tokens, int blockSize) => (tokens + blockSize - 1) / blockSize;
}
