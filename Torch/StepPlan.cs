// The index tensors and masks of one batch, made once per step and shared by all layers: where each token writes and what it attends to.
// Sequences with one new token are decoded together; each longer span is computed alone.
using System.Collections.Immutable;
using Majlis.Model;
using static TorchSharp.torch;

namespace Majlis.Torch;

sealed class StepPlan
{
    // Keys per tile, in whole blocks: with a few dozen queries their scores stay in a core's cache.
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
        TokenTypes = batch.TokenTypes is { } types ? Long(types) : null;
        IsFixed = batch.IsDeterministic;
        Decoding = [.. batch.Spans.Where(span => span.Count == 1 && blueprint.IsCausal && !IsFixed)];
        Spans = [.. batch.Spans.Where(span => span.Count > 1 || !blueprint.IsCausal || IsFixed)];
        DecodingRows = Spans.IsEmpty ? null : Long([.. Decoding.Select(span => span.Start)]);
        Groups = [.. groups.Select((group, g) => new GroupPlan(Slots(g), Decoding.IsEmpty ? null : DecodingKeys(g, group.Window),
            [.. Spans.Select(span => KeysOf(span, g, group.Window))]))];
        if (groups.IsEmpty) Groups = [new GroupPlan(null, null, [.. Spans.Select(span => KeysOf(span, 0, null))])];
    }

    /// <summary>[N] int64.</summary>
    public Tensor Tokens { get; }

    /// <summary>[N] int64.</summary>
    public Tensor Positions { get; }

    /// <summary>[N] int64; null where all are the first.</summary>
    public Tensor? TokenTypes { get; }

    /// <summary>The batch is a <see cref="FixedTile"/>: its only span covers some of the rows.</summary>
    public bool IsFixed { get; }

    /// <summary>[N] the length that sets each row's rotation.</summary>
    public IEnumerable<int> Lengths => IsFixed ? batch.Positions.Select(position => batch.Spans[0].LengthAt(position))
        : batch.Spans.SelectMany(span => Enumerable.Range(span.Cached, span.Count).Select(position => span.LengthAt(position)));

    public ImmutableArray<SequenceSpan> Decoding { get; }
    public ImmutableArray<SequenceSpan> Spans { get; }

    /// <summary>Rows of the decoding sequences; null when these are all rows, in order.</summary>
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

    // Every decoding sequence reads the whole blocks that its token sees; shorter ones repeat their last block, and a mask hides the rest.
    // Only own blocks, because a number that is not finite would pass the mask. Whole blocks, because the matrix library prepares a new
    // kernel for every new length.
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

    // Tiles of whole blocks; the first tile may start before the first visible key.
    SpanKeys KeysOf(SequenceSpan span, int g, int? window)
    {
        if (IsFixed) return FixedKeys(span, g, window);
        // Nothing is cached: the new keys are all keys.
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

    // The keys and their tiles depend only on the position of the first row. Blocks that are freed or do not exist yet are replaced by
    // others of the sequence; the mask hides them from every row with a token.
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

    // The first position that the span's first token attends to.
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

/// <summary>One cache group's part of the plan.</summary>
sealed record GroupPlan(SlotList? Slots, DecodingPlan? Decoding, ImmutableArray<SpanKeys> Spans);

/// <summary>The keys of the decoding sequences, and a mask [S, 1, L] of what each of them attends to.</summary>
sealed record DecodingPlan(KeyView View, Tensor Mask);

/// <summary>The keys of a span whose queries start at position Queries.</summary>
sealed record SpanKeys(int Queries, ImmutableArray<KeyTile> Tiles);

/// <summary>Keys First .. First + Count - 1 from the cache; without a view, from the span's own new keys.</summary>
sealed record KeyTile(KeyView? View, int First, int Count);
