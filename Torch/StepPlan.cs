// One batch turned into index tensors and masks, once a step, shared by all layers: who writes where, who sees what.
// Sequences with one new token are decoded together; each longer span attends on its own.
using System.Collections.Immutable;
using Majlis.Model;
using static TorchSharp.torch;

namespace Majlis.Torch;

sealed class StepPlan
{
    // Keys of a tile, rounded to whole blocks: with some tens of queries their scores stay in a core's cache.
    const int MostKeys = 2048;

    readonly ForwardBatch batch;
    readonly int blockSize;
    readonly ScalarType dtype;
    readonly Device device;

    /// <summary>Tensors live in the dispose scope that is open here.</summary>
    public StepPlan(ForwardBatch batch, Blueprint blueprint, ImmutableArray<CacheGroup> groups, int blockSize, ScalarType dtype,
        Device device)
    {
        (this.batch, this.blockSize, this.dtype, this.device) = (batch, blockSize, dtype, device);
        Tokens = Long(batch.Tokens);
        Positions = Long(batch.Positions);
        IsFixed = batch.IsDeterministic;
        Decoding = [.. batch.Spans.Where(span => span.Count == 1 && blueprint.IsCausal && !IsFixed)];
        Spans = [.. batch.Spans.Where(span => span.Count > 1 || !blueprint.IsCausal || IsFixed)];
        Turning = IsFixed ? [(0, batch.Tokens.Length, batch.Spans[0].Length)]
            : [.. batch.Spans.Select(span => (span.Start, span.Count, span.Length))];
        DecodingRows = Spans.IsEmpty ? null : Long([.. Decoding.Select(span => span.Start)]);
        Groups = [.. groups.Select((group, g) => new GroupPlan(Slots(g), Decoding.IsEmpty ? null : DecodingKeys(g, group.Window),
            [.. Spans.Select(span => KeysOf(span, g, group.Window))]))];
        if (groups.IsEmpty) Groups = [new GroupPlan(null, null, [.. Spans.Select(span => KeysOf(span, 0, null))])];
    }

    /// <summary>[N] int64.</summary>
    public Tensor Tokens { get; }

    /// <summary>[N] int64.</summary>
    public Tensor Positions { get; }

    /// <summary>The batch is a <see cref="FixedTile"/>: its one span covers some of the rows.</summary>
    public bool IsFixed { get; }

    /// <summary>All rows in order, with the length of the sequence that they turn by.</summary>
    public ImmutableArray<(int Start, int Count, int Length)> Turning { get; }

    public ImmutableArray<SequenceSpan> Decoding { get; }
    public ImmutableArray<SequenceSpan> Spans { get; }

    /// <summary>Rows of the decoding sequences; null when they are all rows, in order.</summary>
    public Tensor? DecodingRows { get; }

    public ImmutableArray<GroupPlan> Groups { get; }

    int TileKeys => Math.Max(1, MostKeys / blockSize) * blockSize;

    SlotList Slots(int g)
    {
        var (slots, at) = (new int[batch.Spans.Sum(span => span.Count)], 0);
        foreach (var span in batch.Spans)
            for (var i = 0; i < span.Count; i++)
                slots[at++] = Block(span, g, (span.Cached + i) / blockSize) * blockSize + (span.Cached + i) % blockSize;
        for (var i = 1; i < slots.Length; i++)
            if (slots[i] != slots[i - 1] + 1) return new SlotList(0, slots.Length, Long(slots));
        return new SlotList(slots[0], slots.Length, null);
    }

    // Every decoding sequence reads the whole blocks its token sees, shorter ones their last again and again; a mask hides what is not
    // theirs. Blocks of their own, because a number that is not finite would reach through the mask; whole ones, because the products'
    // library prepares itself anew for every length it has not met.
    DecodingPlan DecodingKeys(int g, int? window)
    {
        var firsts = Decoding.Select(span => First(span, window) / blockSize).ToArray();
        var most = Decoding.Select((span, i) => span.Cached / blockSize - firsts[i] + 1).Max();
        var ids = new int[Decoding.Length * most];
        var hidden = new float[Decoding.Length * most * blockSize];
        hidden.AsSpan().Fill(float.NegativeInfinity);
        for (var i = 0; i < Decoding.Length; i++)
        {
            var span = Decoding[i];
            for (var b = 0; b < most; b++) ids[i * most + b] = Block(span, g, Math.Min(firsts[i] + b, span.Cached / blockSize));
            var start = i * most * blockSize - firsts[i] * blockSize;
            hidden.AsSpan(start + First(span, window), span.Cached + 1 - First(span, window)).Clear();
        }
        var mask = tensor(hidden, device: device).to(dtype).view(Decoding.Length, 1, most * blockSize);
        var blocks = Decoding.Length == 1 && Follow(ids) ? null : Long(ids);
        return new DecodingPlan(new KeyView(Decoding.Length, most, blocks, ids[0], most * blockSize), mask);
    }

    // In tiles of whole blocks; the first may begin before what is seen.
    SpanKeys KeysOf(SequenceSpan span, int g, int? window)
    {
        if (IsFixed) return FixedKeys(span, g, window);
        // Nothing is cached before: the keys just computed are all there is.
        if (span.Cached == 0) return new SpanKeys(0, [.. Starts(0, span.Count).Select(first => new KeyTile(null, first, Count(first)))]);
        var begin = First(span, window) / blockSize * blockSize;
        return new SpanKeys(span.Cached, [.. Starts(begin, span.Cached + span.Count).Select(first =>
            new KeyTile(View(span, g, first, Count(first)), first, Count(first)))]);

        int Count(int first) => Math.Min(TileKeys, span.Cached + span.Count - first);

        IEnumerable<int> Starts(int from, int to)
        {
            for (; from < to; from += TileKeys) yield return from;
        }
    }

    // Which keys, in which tiles, follows from the position of the first row alone. Blocks that are no longer or not yet there are others
    // of the sequence, hidden from every row that is a token.
    SpanKeys FixedKeys(SequenceSpan span, int g, int? window)
    {
        var first = span.Cached - span.Start;
        var begin = (window is { } w ? Math.Max(0, first - w + 1) : 0) / TileKeys * TileKeys;
        var end = (first + FixedShape.Rows + QueryTile.KeyStep - 1) / QueryTile.KeyStep * QueryTile.KeyStep;
        var tiles = ImmutableArray.CreateBuilder<KeyTile>();
        for (; begin < end; begin += TileKeys)
        {
            var count = Math.Min(TileKeys, end - begin);
            var ids = Enumerable.Range(begin / blockSize, (count + blockSize - 1) / blockSize).Select(b => Nearest(span, g, b)).ToArray();
            tiles.Add(new KeyTile(new KeyView(1, ids.Length, Long(ids), ids[0], count), begin, count));
        }
        return new SpanKeys(first, tiles.ToImmutable());
    }

    static int Nearest(SequenceSpan span, int g, int index)
    {
        var table = span.BlockTables[g];
        return index < table.Length && table[index] >= 0 ? table[index] : table.First(block => block >= 0);
    }

    // The first position that the span's first token sees.
    static int First(SequenceSpan span, int? window) => window is { } w ? Math.Max(0, span.Cached - w + 1) : 0;

    KeyView View(SequenceSpan span, int g, int first, int count)
    {
        var from = first / blockSize;
        var ids = Enumerable.Range(from, (first + count - 1) / blockSize - from + 1).Select(b => Block(span, g, b)).ToArray();
        return new KeyView(1, ids.Length, Follow(ids) ? null : Long(ids), ids[0], count);
    }

    static bool Follow(int[] blocks) => Enumerable.Range(1, blocks.Length - 1).All(i => blocks[i] == blocks[0] + i);

    static int Block(SequenceSpan span, int g, int index)
    {
        var table = span.BlockTables[g];
        if (index >= table.Length || table[index] < 0)
            throw new ArgumentException(
                $"The sequence at row {span.Start} has no block {index} in cache group {g}, which its tokens need.");
        return table[index];
    }

    Tensor Long(int[] values) => tensor(Array.ConvertAll(values, value => (long)value), device: device);
}

/// <summary>One cache group's share of a step.</summary>
sealed record GroupPlan(SlotList? Slots, DecodingPlan? Decoding, ImmutableArray<SpanKeys> Spans);

/// <summary>What the decoding sequences read, and a mask [S, 1, L] of what each of them sees.</summary>
sealed record DecodingPlan(KeyView View, Tensor Mask);

/// <summary>What a span of queries from position Queries on reads.</summary>
sealed record SpanKeys(int Queries, ImmutableArray<KeyTile> Tiles);

/// <summary>Keys First .. First + Count - 1, from the cache; without a view they are among the span's own new ones.</summary>
sealed record KeyTile(KeyView? View, int First, int Count);
