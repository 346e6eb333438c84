// Keys and values in blocks of 16 tokens, in the layouts in which the kernels multiply by them. The caller assigns block numbers.
using System.Collections.Immutable;
using Majlis.Model;

namespace Majlis.Cpu.Attention;

/// <summary>A layer has [block][key head] keys and values; CacheForm tells how a head's lie.</summary>
sealed unsafe class PagedCache : IDisposable
{
    /// <summary>Tokens of a block.</summary>
    public const int BlockTokens = 16;

    readonly (NativeBuffer Keys, NativeBuffer Values)[] layers;
    readonly Blueprint blueprint;
    readonly CacheForm form;

    public PagedCache(Blueprint blueprint, ImmutableArray<CacheGroup> groups, ReadOnlySpan<int> blocksPerGroup, CacheForm form)
    {
        if (blocksPerGroup.Length != groups.Length)
            throw new ArgumentException($"{groups.Length} cache groups, but blocks for {blocksPerGroup.Length}.", nameof(blocksPerGroup));
        (this.blueprint, this.form) = (blueprint, form);
        layers = new (NativeBuffer, NativeBuffer)[blueprint.Layers.Length];
        for (var g = 0; g < groups.Length; g++)
            foreach (var layer in groups[g].Layers)
            {
                var (keys, values) = Sizes(blueprint, layer, form);
                layers[layer] = (new NativeBuffer(blocksPerGroup[g] * keys), new NativeBuffer(blocksPerGroup[g] * values));
            }
    }

    PagedCache(Blueprint blueprint, (NativeBuffer Keys, NativeBuffer Values) shared, CacheForm form)
    {
        (this.blueprint, this.form) = (blueprint, form);
        layers = [.. blueprint.Layers.Select(_ => shared)];
    }

    /// <summary>A cache that holds one layer at a time: all layers share its memory.</summary>
    public static PagedCache OfOneLayer(Blueprint blueprint, int blocks, CacheForm form)
    {
        var sizes = Enumerable.Range(0, blueprint.Layers.Length).Select(layer => Sizes(blueprint, layer, form)).ToArray();
        return new(blueprint, (new NativeBuffer(blocks * sizes.Max(size => size.Keys)),
            new NativeBuffer(blocks * sizes.Max(size => size.Values))), form);
    }

    /// <summary>The size of one block of a group's layers.</summary>
    public static long BytesPerBlock(Blueprint blueprint, CacheGroup group, CacheForm form) => group.Layers.Sum(layer =>
    {
        var (keys, values) = Sizes(blueprint, layer, form);
        return keys + values;
    });

    public byte* Keys(int layer, int block, int head)
    {
        var a = blueprint.Layers[layer].Attention;
        return layers[layer].Keys.Start + ((long)block * a.KeyValueHeads + head) * form.KeyBytes(a.HeadDim);
    }

    public byte* Values(int layer, int block, int head)
    {
        var a = blueprint.Layers[layer].Attention;
        return layers[layer].Values.Start + ((long)block * a.KeyValueHeads + head) * form.ValueBytes(a.HeadDim);
    }

    public void Dispose()
    {
        foreach (var (keys, values) in layers)
        {
            keys?.Dispose();
            values?.Dispose();
        }
    }

    // One block of a layer, all heads.
    static (long Keys, long Values) Sizes(Blueprint blueprint, int layer, CacheForm form)
    {
        var a = blueprint.Layers[layer].Attention;
        return (a.KeyValueHeads * form.KeyBytes(a.HeadDim), a.KeyValueHeads * form.ValueBytes(a.HeadDim));
    }
}
