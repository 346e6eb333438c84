// Keys and values in blocks of 16 tokens. A block's keys lie with the tokens side by side, its values with the elements side by side: both
// are the layout in which the kernels multiply by them. The caller assigns block numbers.
using System.Collections.Immutable;
using Majlis.Model;

namespace Majlis.Cpu.Attention;

/// <summary>A layer has [block][key head][element][token] keys and [block][key head][token][element] values.</summary>
sealed unsafe class PagedCache : IDisposable
{
    /// <summary>Tokens of a block.</summary>
    public const int BlockTokens = 16;

    readonly (NativeBuffer Keys, NativeBuffer Values)[] layers;
    readonly Blueprint blueprint;
    readonly int numberBytes;

    public PagedCache(Blueprint blueprint, ImmutableArray<CacheGroup> groups, ReadOnlySpan<int> blocksPerGroup, int numberBytes)
    {
        if (blocksPerGroup.Length != groups.Length)
            throw new ArgumentException($"{groups.Length} cache groups, but blocks for {blocksPerGroup.Length}.", nameof(blocksPerGroup));
        (this.blueprint, this.numberBytes) = (blueprint, numberBytes);
        layers = new (NativeBuffer, NativeBuffer)[blueprint.Layers.Length];
        for (var g = 0; g < groups.Length; g++)
            foreach (var layer in groups[g].Layers)
            {
                var a = blueprint.Layers[layer].Attention;
                long heads = (long)blocksPerGroup[g] * a.KeyValueHeads * BlockTokens * numberBytes;
                layers[layer] = (new NativeBuffer(heads * a.HeadDim), new NativeBuffer(heads * Padded(a.HeadDim)));
            }
    }

    PagedCache(Blueprint blueprint, (NativeBuffer Keys, NativeBuffer Values) shared, int numberBytes)
    {
        (this.blueprint, this.numberBytes) = (blueprint, numberBytes);
        layers = [.. blueprint.Layers.Select(_ => shared)];
    }

    /// <summary>A cache that holds one layer at a time: all layers share its memory.</summary>
    public static PagedCache OfOneLayer(Blueprint blueprint, int blocks, int numberBytes)
    {
        var tokens = (long)blocks * BlockTokens * numberBytes;
        return new(blueprint, (new NativeBuffer(tokens * blueprint.Layers.Max(layer => Heads(layer) * layer.Attention.HeadDim)),
            new NativeBuffer(tokens * blueprint.Layers.Max(layer => Heads(layer) * Padded(layer.Attention.HeadDim)))), numberBytes);

        static long Heads(LayerBlueprint layer) => layer.Attention.KeyValueHeads;
    }

    /// <summary>Elements of a cached value: whole vectors.</summary>
    public static int Padded(int headDim) => (headDim + 15) / 16 * 16;

    /// <summary>The size of one block of a group's layers.</summary>
    public static long BytesPerBlock(Blueprint blueprint, CacheGroup group, int numberBytes) => group.Layers.Sum(layer =>
    {
        var a = blueprint.Layers[layer].Attention;
        return (long)BlockTokens * a.KeyValueHeads * (a.HeadDim + Padded(a.HeadDim)) * numberBytes;
    });

    public byte* Keys(int layer, int block, int head)
    {
        var a = blueprint.Layers[layer].Attention;
        return layers[layer].Keys.Start + ((long)block * a.KeyValueHeads + head) * a.HeadDim * BlockTokens * numberBytes;
    }

    public byte* Values(int layer, int block, int head)
    {
        var a = blueprint.Layers[layer].Attention;
        return layers[layer].Values.Start + ((long)block * a.KeyValueHeads + head) * Padded(a.HeadDim) * BlockTokens * numberBytes;
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
