// The cache blocks of each sequence, in every cache group: allocated before a step, published after it, released once a sliding window has
// passed them, shared with sequences of the same prefix. Bookkeeping only; no scheduling policy.
namespace Majlis.Inference;

public sealed class BlockAllocator
{
    readonly BlockPool[] pools;
    readonly HashSet<BlockKey> underway = [];

    /// <param name="blockSize">Tokens per block, the same in every group.</param>
    /// <param name="pools">One per cache group of the Blueprint, in its order.</param>
    public BlockAllocator(int blockSize, params ReadOnlySpan<BlockPool> pools)
    {
        (BlockSize, this.pools) = (blockSize, pools.ToArray());
        Capacity = this.pools.Min(pool => pool.Window is { } window && pool.Count >= Blocks(window) + 2
            ? int.MaxValue : pool.Count * blockSize);
    }

    public int BlockSize { get; }

    public IReadOnlyList<BlockPool> Pools => pools;

    /// <summary>The longest sequence, in tokens, that fits when it runs alone.</summary>
    public int Capacity { get; }

    /// <summary>
    /// How many leading tokens of a waiting sequence are cached; those whose logits are wanted, and its last, are left to compute.
    /// </summary>
    public int Cached(Sequence sequence)
    {
        var blocks = sequence.Reusable / BlockSize;
        foreach (var pool in pools)
        {
            if (pool.Window is not null) continue;
            var hit = 0;
            while (hit < blocks && pool.TryFind(sequence.Key(hit, BlockSize), out _)) hit++;
            blocks = hit;
        }
        // A windowed group needs only the blocks that the next token sees. A missing block rules out every length that sees it.
        for (var g = 0; g < pools.Length && blocks > 0; g++)
        {
            if (pools[g].Window is null) continue;
            for (var block = blocks - 1; block >= FirstSeen(pools[g], blocks * BlockSize); block--)
            {
                if (pools[g].TryFind(sequence.Key(block, BlockSize), out _)) continue;
                blocks = block;
                g = -1;
                break;
            }
        }
        return blocks * BlockSize;
    }

    /// <summary>True when another sequence computes the block after <paramref name="cached"/> tokens in this step.</summary>
    public bool IsUnderway(Sequence sequence, int cached) => underway.Count > 0
        && cached / BlockSize < sequence.Reusable / BlockSize && underway.Contains(sequence.Key(cached / BlockSize, BlockSize));

    /// <summary>
    /// Adds the blocks of the first <paramref name="cached"/> tokens, as <see cref="Cached"/> found them, to the block tables.
    /// </summary>
    public void Adopt(Sequence sequence, int cached)
    {
        sequence.Tables = new List<int>[pools.Length];
        for (var g = 0; g < pools.Length; g++)
        {
            var table = sequence.Tables[g] = [];
            var first = FirstSeen(pools[g], cached);
            for (var block = 0; block < cached / BlockSize; block++)
            {
                var held = -1;
                if (block >= first && pools[g].TryFind(sequence.Key(block, BlockSize), out held)) pools[g].Share(held);
                table.Add(block >= first ? held : -1);
            }
        }
        sequence.Computed = cached;
        sequence.TablesChanged();
    }

    /// <summary>
    /// Whether the free blocks suffice for all tokens of <paramref name="sequences"/> and one more each, with those that they hold already.
    /// </summary>
    /// <param name="chunk">The most tokens computed at once: a windowed group never holds more than window and chunk.</param>
    public bool CanHold(IReadOnlyList<Sequence> sequences, int chunk)
    {
        for (var g = 0; g < pools.Length; g++)
        {
            var lacking = 0;
            foreach (var sequence in sequences) lacking += Lacking(sequence, g, chunk);
            if (lacking > pools[g].Free) return false;
        }
        return true;
    }

    int Lacking(Sequence sequence, int g, int chunk)
    {
        var pool = pools[g];
        var seen = FirstSeen(pool, sequence.Computed);
        var blocks = Blocks(sequence.Length + 1) - seen;
        if (pool.Window is { } window) blocks = Math.Min(blocks, Blocks(window + chunk) + 1);
        return Math.Max(0, Math.Min(blocks, pool.Count) - (sequence.Tables[g].Count - seen));
    }

    /// <summary>How many of <paramref name="wanted"/> further tokens the free blocks can take; 0 or less when none.</summary>
    public int Room(Sequence sequence, int wanted)
    {
        for (var g = 0; g < pools.Length; g++)
            wanted = (int)Math.Min(wanted, ((long)sequence.Tables[g].Count + pools[g].Free) * BlockSize - sequence.Computed);
        return wanted;
    }

    /// <summary>Allocates blocks for <paramref name="count"/> further tokens; all or none.</summary>
    public bool TryExtend(Sequence sequence, int count)
    {
        if (Room(sequence, count) < count) return false;
        var blocks = Blocks(sequence.Computed + count);
        for (var g = 0; g < pools.Length; g++)
            for (var table = sequence.Tables[g]; table.Count < blocks; sequence.TablesChanged()) table.Add(pools[g].Take());
        // Blocks of guesses have no key.
        var known = Math.Min(sequence.Computed + count, sequence.Length);
        if (known > sequence.Computed + 1)
            for (var block = sequence.Computed / BlockSize; block < known / BlockSize; block++)
                underway.Add(sequence.Key(block, BlockSize));
        return true;
    }

    /// <summary>After a step: counts its tokens as computed, publishes full blocks, releases those behind a window.</summary>
    public void Commit(Sequence sequence, int count)
    {
        var full = sequence.Computed / BlockSize;
        sequence.Computed += count;
        for (; full < sequence.Computed / BlockSize; full++)
            for (var g = 0; g < pools.Length; g++) pools[g].Publish(sequence.Tables[g][full], sequence.Key(full, BlockSize));
        for (var g = 0; g < pools.Length; g++)
            for (var block = FirstSeen(pools[g], sequence.Computed) - 1; block >= 0 && sequence.Tables[g][block] >= 0; block--)
            {
                pools[g].Release(sequence.Tables[g][block]);
                sequence.Tables[g][block] = -1;
                sequence.TablesChanged();
            }
    }

    /// <summary>Forgets what the current step computes: call before planning each step.</summary>
    public void BeginStep() => underway.Clear();

    /// <summary>Releases all blocks. Published ones stay cached; the end of the prefix is overwritten before its beginning.</summary>
    public void Release(Sequence sequence)
    {
        for (var g = 0; g < sequence.Tables.Length; g++)
            for (var block = sequence.Tables[g].Count - 1; block >= 0; block--)
                if (sequence.Tables[g][block] >= 0) pools[g].Release(sequence.Tables[g][block]);
        sequence.Tables = [];
        sequence.Computed = 0;
        sequence.TablesChanged();
    }

    int Blocks(long tokens) => (int)((tokens + BlockSize - 1) / BlockSize);

    /// <summary>The first block that the token at <paramref name="position"/> still sees.</summary>
    int FirstSeen(BlockPool pool, int position) =>
        pool.Window is { } window ? Math.Max(0, position - window + 1) / BlockSize : 0;
}
