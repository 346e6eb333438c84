// Attention of a step's rows over the paged cache. Keys are never repeated for grouped queries: a decoding sequence's G queries of a key
// head stand as rows, a span's keys are seen G times through a stride of zero.
// Legend: N rows, S sequences, T a span's tokens, L keys, H query heads, K key/value heads, G = H / K, D head elements.
using Majlis.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch;

static class PagedAttention
{
    /// <summary>queries [N, H, D], keys and values [N, K, D] of the new tokens to the mixed values [N, H*D].</summary>
    public static Tensor Run(StepPlan plan, GroupPlan group, PagedCache? cache, int layer, AttentionBlueprint a, Tensor queries, Tensor keys, Tensor values)
    {
        if (group.Slots is { } slots) cache!.Write(layer, slots, keys, values);
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

    // queries [S, H, D] to [S, H*D]
    static Tensor Decode(DecodingPlan decoding, PagedCache cache, int layer, AttentionBlueprint a, Tensor queries)
    {
        var (keys, values) = cache.Read(layer, decoding.View); // [S, L, K, D]
        var rows = queries.reshape(queries.shape[0], a.KeyValueHeads, a.Heads / a.KeyValueHeads, a.HeadDim); // [S, K, G, D]
        var mixed = a.SoftCap is null
            ? Kernels.Attend(rows, keys.transpose(1, 2), values.transpose(1, 2), decoding.Mask, false, a.Scale)
            : Capped(rows, keys.transpose(1, 2), values.transpose(1, 2), decoding.Mask, a);
        return mixed.reshape(queries.shape[0], a.Heads * a.HeadDim);
    }

    // queries [T, H, D], the span's own new keys and values [T, K, D], to [T, H*D]
    static Tensor Span(SpanKeys span, PagedCache? cache, int layer, AttentionBlueprint a, Tensor queries, Tensor keys, Tensor values)
    {
        if (span.View is { } view)
        {
            var (cachedKeys, cachedValues) = cache!.Read(layer, view);
            (keys, values) = (cachedKeys[0], cachedValues[0]); // [L, K, D]
        }
        var (t, k, g, d) = (queries.shape[0], a.KeyValueHeads, a.Heads / a.KeyValueHeads, a.HeadDim);
        var heads = queries.unflatten(1, [k, g]).permute(1, 2, 0, 3); // [K, G, T, D]
        Tensor mixed; // [K, G, T, D]
        if (a.SoftCap is null) mixed = Kernels.Attend(heads, Repeated(keys), Repeated(values), span.Mask, span.IsCausal, a.Scale);
        else
        {
            var rows = heads.reshape(k, g * t, d);
            var mask = span.Mask ?? Causal(t, queries);
            mixed = Capped(rows, keys.transpose(0, 1), values.transpose(0, 1), mask.repeat(g, 1), a).view(k, g, t, d);
        }
        return mixed.permute(2, 0, 1, 3).reshape(t, a.Heads * d);

        Tensor Repeated(Tensor rows) => rows.transpose(0, 1).unsqueeze(1).expand(k, g, -1, -1);
    }

    // Soft-capped scores have no fused kernel: q [.., K, R, D], keys and values [.., K, L, D], mask broadcast over [.., K, R, L].
    static Tensor Capped(Tensor rows, Tensor keys, Tensor values, Tensor? mask, AttentionBlueprint a)
    {
        var scores = Pieces.SoftCap(rows.matmul(keys.transpose(-2, -1)).to(ScalarType.Float32) * a.Scale, a.SoftCap);
        if (mask is not null) scores = scores + mask;
        return scores.softmax(-1).to(values.dtype).matmul(values);
    }

    static Tensor Causal(long t, Tensor like) =>
        full([t, t], float.NegativeInfinity, like.dtype, like.device).triu(1);
}
