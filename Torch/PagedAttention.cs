// Attention of a step's rows over the paged cache. Keys are never repeated for grouped queries: the G queries of a key head are rows of one
// matrix.
// Legend: N rows, S sequences, T a span's tokens, L keys, H query heads, K key/value heads, G = H / K, D head elements.
using Majlis.Model;
using static TorchSharp.torch;

namespace Majlis.Torch;

static class PagedAttention
{
    // Queries x heads of a tile.
    const int TileRows = 1280;

    /// <summary>queries [N, H, D], keys and values [N, K, D] of the new tokens to the attention output [N, H*D].</summary>
    public static Tensor Run(StepPlan plan, GroupPlan group, PagedCache? cache, int layer, AttentionBlueprint a, Tensor queries,
        Tensor keys, Tensor values)
    {
        if (group.Slots is { } slots) Write(plan, slots, cache!, layer, keys, values);
        if (plan.Spans.IsEmpty) return Decode(group.Decoding!, cache!, layer, a, queries);
        if (plan.Decoding.IsEmpty && plan.Spans.Length == 1) return Span(group.Spans[0], cache, layer, a, queries, keys, values);

        var mixed = empty([queries.shape[0], a.Heads * a.HeadDim], queries.dtype, queries.device);
        if (group.Decoding is { } decoding)
            mixed.index_copy_(0, plan.DecodingRows!, Decode(decoding, cache!, layer, a, queries.index_select(0, plan.DecodingRows!)));
        for (var i = 0; i < plan.Spans.Length; i++)
        {
            var (start, count) = (plan.Spans[i].Start, plan.Spans[i].Count);
            mixed.narrow(0, start, count).copy_(Span(group.Spans[i], cache, layer, a,
                queries.narrow(0, start, count), keys.narrow(0, start, count), values.narrow(0, start, count)));
        }
        return mixed;
    }

    static void Write(StepPlan plan, SlotList slots, PagedCache cache, int layer, Tensor keys, Tensor values)
    {
        var start = plan.IsFixed ? plan.Spans[0].Start : 0;
        cache.Write(layer, slots, keys.narrow(0, start, slots.Count), values.narrow(0, start, slots.Count));
    }

    // queries [S, H, D] to [S, H*D]
    static Tensor Decode(DecodingPlan decoding, PagedCache cache, int layer, AttentionBlueprint a, Tensor queries)
    {
        var (keys, values) = cache.Read(layer, decoding.View); // [K, S, L, D]
        var (s, k, g, d) = (queries.shape[0], a.KeyValueHeads, a.Heads / a.KeyValueHeads, a.HeadDim);
        var rows = queries.unflatten(1, [k, g]).transpose(0, 1).reshape(k * s, g, d); // a key head's G queries as rows
        var mixed = Mix(rows, keys.flatten(0, 1), values.flatten(0, 1), decoding.Mask, [k, s, g, -1], a); // [K*S, G, D]
        return mixed.view(k, s, g, d).transpose(0, 1).reshape(s, a.Heads * d);
    }

    // queries [T, H, D] and the span's own new keys and values [T, K, D] to [T, H*D]. Tile by tile: only one tile's scores are in memory,
    // and keys that no query of a tile attends to are skipped.
    static Tensor Span(SpanKeys span, PagedCache? cache, int layer, AttentionBlueprint a, Tensor queries, Tensor keys, Tensor values)
    {
        var (t, k, g, d) = (queries.shape[0], a.KeyValueHeads, a.Heads / a.KeyValueHeads, a.HeadDim);
        var heads = queries.unflatten(1, [k, g]).permute(1, 2, 0, 3); // [K, G, T, D]
        var most = Math.Max(16, TileRows / a.Heads / 16 * 16);
        var tiles = Enumerable.Range(0, (int)((t + most - 1) / most)).Select(i => new QueryTile(
            heads.narrow(2, i * most, Math.Min(most, t - i * most)), span.Queries + i * most, queries.device)).ToArray();
        foreach (var tile in span.Tiles)
        {
            using var scope = NewDisposeScope();
            var (tileKeys, tileValues) = tile.View is { } view ? First(cache!.Read(layer, view))
                : (keys.narrow(0, tile.First, tile.Count).transpose(0, 1), values.narrow(0, tile.First, tile.Count).transpose(0, 1));
            foreach (var rows in tiles) rows.Add(tile, tileKeys, tileValues, a);
        }
        var mixed = empty([t, a.Heads * d], queries.dtype, queries.device);
        foreach (var rows in tiles)
            mixed.narrow(0, rows.First - span.Queries, rows.Count)
                .copy_(rows.Mixed().view(k * g, rows.Count, d).transpose(0, 1).flatten(1));
        return mixed;

        static (Tensor, Tensor) First((Tensor Keys, Tensor Values) read) => (read.Keys.squeeze(1), read.Values.squeeze(1));
    }

    // Plain products: without native bf16 they are ten times as fast as the library's fused kernel. rows [B, R, D], keys and values [B, L,
    // D]; the mask is added to a view of the scores [B, R, L].
    static Tensor Mix(Tensor rows, Tensor keys, Tensor values, Tensor mask, long[] shape, AttentionBlueprint a)
    {
        var scores = rows.bmm(keys.transpose(1, 2)).TimesInPlace(a.Scale);
        if (a.SoftCap is { } cap) scores = scores.to(ScalarType.Float32).div_(Numbers.Of(cap)).tanh_().TimesInPlace(cap);
        scores.view(shape).PlusInPlace(mask);
        return scores.softmax(-1).to(values.dtype).bmm(values);
    }
}
