// A layer's attention between the products: biases, norms and rotation of queries and keys, the cache's slots, and the tiles of queries.
// Legend: G query heads a key head, D head elements.
using System.Collections.Immutable;
using Majlis.Cpu.Attention;
using Majlis.Cpu.Kernels;
using Majlis.Cpu.Threads;
using Majlis.Cpu.Weights;
using Majlis.Model;

namespace Majlis.Cpu.Steps;

sealed unsafe class LayerAttention : IDisposable
{
    readonly NetworkWeights weights;
    readonly int[] groupOfLayer;
    readonly CacheForm form;
    readonly RotaryAngles angles;
    readonly AttentionTile[] tiles;
    readonly SplitKeys splits;
    readonly Dictionary<(int Heads, int KeyValueHeads, int? Window), AttentionItem[]> items = [];
    ForwardBatch batch = null!;
    int[] spanOfToken = [];

    public LayerAttention(Blueprint blueprint, NetworkWeights weights, ImmutableArray<CacheGroup> groups, int members, CacheForm form)
    {
        (this.weights, this.form) = (weights, form);
        groupOfLayer = new int[blueprint.Layers.Length];
        for (var g = 0; g < groups.Length; g++)
            foreach (var layer in groups[g].Layers) groupOfLayer[layer] = g;
        angles = new RotaryAngles(blueprint);
        var largest = blueprint.Layers.Max(layer => layer.Attention.HeadDim);
        tiles = [.. Enumerable.Range(0, members).Select(_ => new AttentionTile(largest))];
        splits = new SplitKeys(tiles[0].Padded);
    }

    public PagedCache? Cache { get; set; }

    /// <summary>What depends on the step alone, before its first layer.</summary>
    public void Prepare(ForwardBatch next)
    {
        batch = next;
        angles.Prepare(batch);
        items.Clear();
        foreach (var layer in weights.Layers)
        {
            var a = layer.Blueprint.Attention;
            var shape = (a.Heads, a.KeyValueHeads, a.Window);
            if (items.ContainsKey(shape)) continue;
            items[shape] = AttentionItem.Of(batch, a, tiles.Length);
            foreach (var item in items[shape])
                if (item.Part.Count > 1) splits.Expect(item.Part.Split, item.Stretches(batch.Spans[item.Span], a));
        }
        if (spanOfToken.Length < batch.Tokens.Length) spanOfToken = new int[batch.Tokens.Length];
        for (var s = 0; s < batch.Spans.Length; s++) spanOfToken.AsSpan(batch.Spans[s].Start, batch.Spans[s].Count).Fill(s);
    }

    /// <summary>Finishes a token's queries in place and writes its key and value to the cache.</summary>
    public void Store(int layer, int token, float* qkv)
    {
        var (own, a) = (weights.Layers[layer], weights.Layers[layer].Blueprint.Attention);
        float* keys = qkv + own.Qkv.Offsets[1], values = qkv + own.Qkv.Offsets[2];
        if (own.Qkv.Bias is { } bias)
            fixed (float* b = bias) Norms.Add(qkv, b, bias.Length);
        own.QueryNorm?.Apply(qkv, qkv, a.Heads * a.HeadDim);
        own.KeyNorm?.Apply(keys, keys, a.KeyValueHeads * a.HeadDim);
        if (a.Rotary is { } rotary)
        {
            var (cos, sin) = angles.Row(rotary, token);
            for (var h = 0; h < a.Heads; h++) Turn(qkv + h * a.HeadDim);
            for (var h = 0; h < a.KeyValueHeads; h++) Turn(keys + h * a.HeadDim);

            void Turn(float* head) => Rotation.Turn(rotary.Style, head, (float*)cos, (float*)sin, rotary.Dimensions / 2);
        }
        var span = batch.Spans[spanOfToken[token]];
        var position = span.Cached + token - span.Start;
        var block = Block(span, groupOfLayer[layer], position / PagedCache.BlockTokens);
        var slot = position % PagedCache.BlockTokens;
        for (var head = 0; head < a.KeyValueHeads; head++, keys += a.HeadDim, values += a.HeadDim)
        {
            byte* k = Cache!.Keys(layer, block, head), v = Cache.Values(layer, block, head);
            if (form == CacheForm.Int8) IntegerCache.Write(k, v, slot, keys, values, a.HeadDim);
            else if (form == CacheForm.Int16) ShortCache.Write(k, v, slot, keys, values, a.HeadDim);
            else Write((float*)k, (float*)v, slot, keys, values, a.HeadDim);
        }
    }

    /// <summary>
    /// All tokens' attention from their queries in <paramref name="qkv"/>, [token][heads * D], and its results packed for the next product
    /// where <see cref="PacksHeads"/>. Ends without a barrier.
    /// </summary>
    public void Run(Team team, int member, int layer, FloatRows qkv, FloatRows mixed, PackedRows packed)
    {
        var a = weights.Layers[layer].Blueprint.Attention;
        var all = items[(a.Heads, a.KeyValueHeads, a.Window)];
        while (team.TryClaim(all.Length, out var i))
        {
            if (Run(tiles[member], all[i], layer, a, qkv, mixed) && PacksHeads(a)) Pack(all[i], a, mixed, packed);
        }
    }

    /// <summary>
    /// Whether a head's results become the next product's inputs at once: few tokens, and whole blocks. Whole tiles are packed faster.
    /// </summary>
    public bool PacksHeads(AttentionBlueprint a) =>
        batch.Tokens.Length < PackedRows.TileRows && a.HeadDim % WeightLayout.BlockColumns == 0;

    public void Dispose()
    {
        Cache?.Dispose();
        angles.Dispose();
        foreach (var tile in tiles) tile.Dispose();
        splits.Dispose();
    }

    // False where another thread will have the rows' results.
    bool Run(AttentionTile tile, AttentionItem item, int layer, AttentionBlueprint a, FloatRows qkv, FloatRows mixed)
    {
        var span = batch.Spans[item.Span];
        if (form == CacheForm.Int8) tile.Packed.Shape(item.Count, a.HeadDim, integers: true, floats: false);
        for (var part = 0; part < item.Count; part += AttentionTile.PartRows) Queries(tile, part, item, span, a, qkv);
        var run = new AttentionRun(form, Cache!, layer, item.Head, a, span.BlockTables[groupOfLayer[layer]].AsSpan());
        if (!run.Run(tile, item.Count, splits, item.Part)) return false;
        for (var j = 0; j < item.Count; j++)
        {
            var (token, head) = Place(item, j, a);
            float* from = tile.Total.Mixed + j * tile.Padded, to = mixed.Row(span.Start + token) + head * a.HeadDim;
            Norms.Divide(from, tile.Total.Sums[j], to, a.HeadDim);
        }
        return true;
    }

    void Pack(AttentionItem item, AttentionBlueprint a, FloatRows mixed, PackedRows packed)
    {
        var blocks = a.HeadDim / WeightLayout.BlockColumns;
        for (var j = 0; j < item.Count; j++)
        {
            var (token, head) = Place(item, j, a);
            token += batch.Spans[item.Span].Start;
            RowPacking.Pack(packed, token, mixed.Row(token), a.Heads * a.HeadDim, head * blocks, (head + 1) * blocks);
        }
    }

    void Queries(AttentionTile tile, int part, AttentionItem item, SequenceSpan span, AttentionBlueprint a, FloatRows qkv)
    {
        var width = AttentionRun.Width(item.Count - part);
        for (var j = 0; j < width; j++)
        {
            var (token, head) = Place(item, part + j, a);
            float* query = qkv.Row(span.Start + token) + head * a.HeadDim, to = tile.Queries + part * tile.Padded + j;
            if (form == CacheForm.Float32)
                for (var d = 0; d < a.HeadDim; d++) to[d * width] = query[d];
            else if (form == CacheForm.Int16)
                ShortCache.Query(query, a.HeadDim, tile.ShortQuery(part + j), tile.QueryScales + part + j, AttentionTile.Rows);
            else if (part + j < item.Count) RowPacking.Pack(tile.Packed, part + j, query, a.HeadDim);
            // An encoder's queries see all keys, as the last one does.
            tile.Positions[part + j] = a.IsCausal ? span.Cached + token : span.Count - 1;
        }
    }

    // Rows that pad a tile repeat its last one.
    static (int Token, int Head) Place(AttentionItem item, int row, AttentionBlueprint a)
    {
        var g = a.Heads / a.KeyValueHeads;
        var (token, within) = Math.DivRem(item.First + Math.Min(row, item.Count - 1), g);
        return (token, item.Head * g + within);
    }

    static void Write(float* k, float* v, int slot, float* key, float* value, int headDim)
    {
        for (var d = 0; d < headDim; d++)
            (k[d * PagedCache.BlockTokens + slot], v[slot * CacheLayout.Padded(headDim) + d]) = (key[d], value[d]);
    }

    static int Block(SequenceSpan span, int group, int index)
    {
        var table = span.BlockTables[group];
        if (index >= table.Length || table[index] < 0)
            throw new ArgumentException(
                $"The sequence at row {span.Start} has no block {index} in cache group {group}, which its tokens need.");
        return table[index];
    }
}
