// Keys and values in blocks of 16 tokens, in the layouts in which the kernels multiply by them. The caller assigns block numbers.
using System.Collections.Immutable;
using Majlis.Model;

namespace Majlis.Cpu.Attention;

/// <summary>
/// A group of layers has [block][layer] keys [key head], then values [key head]; CacheForm tells how a head's lie. A sequence's blocks
/// mostly follow one another, so that what it writes first touches few pages of the system's, and those are huge ones.
/// </summary>
sealed unsafe class PagedCache : IDisposable
{
    /// <summary>Tokens of a block.</summary>
    public const int BlockTokens = 16;

    readonly Blueprint blueprint;
    readonly CacheForm form;
    readonly NativeBuffer[] groups;

    // Where each layer's first keys and values are, and the bytes from one block to the next.
    readonly (nint Keys, nint Values, long Stride)[] layers;

    public PagedCache(Blueprint blueprint, ImmutableArray<CacheGroup> groups, ReadOnlySpan<int> blocksPerGroup, CacheForm form)
    {
        if (blocksPerGroup.Length != groups.Length)
            throw new ArgumentException($"{groups.Length} cache groups, but blocks for {blocksPerGroup.Length}.", nameof(blocksPerGroup));
        (this.blueprint, this.form) = (blueprint, form);
        layers = new (nint, nint, long)[blueprint.Layers.Length];
        this.groups = new NativeBuffer[groups.Length];
        for (var g = 0; g < groups.Length; g++)
        {
            var stride = BytesPerBlock(blueprint, groups[g], form);
            this.groups[g] = new NativeBuffer(blocksPerGroup[g] * stride, hugePages: true);
            var at = (nint)this.groups[g].Start;
            foreach (var layer in groups[g].Layers)
            {
                var (keys, values) = Sizes(blueprint, layer, form);
                layers[layer] = (at, at + (nint)keys, stride);
                at += (nint)(keys + values);
            }
        }
    }

    PagedCache(Blueprint blueprint, NativeBuffer shared, long keys, long values, CacheForm form)
    {
        (this.blueprint, this.form, groups) = (blueprint, form, [shared]);
        layers = [.. blueprint.Layers.Select(_ => ((nint)shared.Start, (nint)(shared.Start + keys), keys + values))];
    }

    /// <summary>A cache that holds one layer at a time: all layers share its memory.</summary>
    public static PagedCache OfOneLayer(Blueprint blueprint, int blocks, CacheForm form)
    {
        var sizes = Enumerable.Range(0, blueprint.Layers.Length).Select(layer => Sizes(blueprint, layer, form)).ToArray();
        var (keys, values) = (sizes.Max(size => size.Keys), sizes.Max(size => size.Values));
        return new(blueprint, new NativeBuffer(blocks * (keys + values)), keys, values, form);
    }

    /// <summary>The size of one block of a group's layers.</summary>
    public static long BytesPerBlock(Blueprint blueprint, CacheGroup group, CacheForm form) => group.Layers.Sum(layer =>
    {
        var (keys, values) = Sizes(blueprint, layer, form);
        return keys + values;
    });

    public byte* Keys(int layer, int block, int head)
    {
        var (keys, _, stride) = layers[layer];
        return (byte*)keys + block * stride + head * form.KeyBytes(blueprint.Layers[layer].Attention.HeadDim);
    }

    public byte* Values(int layer, int block, int head)
    {
        var (_, values, stride) = layers[layer];
        return (byte*)values + block * stride + head * form.ValueBytes(blueprint.Layers[layer].Attention.HeadDim);
    }

    public void Dispose()
    {
        foreach (var group in groups) group.Dispose();
    }

    // One block of a layer, all heads.
    static (long Keys, long Values) Sizes(Blueprint blueprint, int layer, CacheForm form)
    {
        var a = blueprint.Layers[layer].Attention;
        return (a.KeyValueHeads * form.KeyBytes(a.HeadDim), a.KeyValueHeads * form.ValueBytes(a.HeadDim));
    }
}
