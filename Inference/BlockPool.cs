// The blocks of one cache group: who holds how many references, which key each block is known by, and in which order unused
// ones are given out again. Block numbers only; knows neither tensors nor sequences.
namespace Majlis.Inference;

/// <summary>
/// A block is in use (references &gt; 0) or free. Free ones wait in one list, taken from its head: those without a key stand at the head,
/// those with a key at the tail, so a cached block is overwritten only when no empty one is left, the least recently used first.
/// </summary>
public sealed class BlockPool
{
    readonly int[] references;
    readonly int[] next;
    readonly int[] previous;
    readonly BlockKey?[] keys;
    readonly Dictionary<BlockKey, int> cached = [];
    readonly int anchor;

    public BlockPool(int count, int? window)
    {
        Count = Free = anchor = count;
        Window = window;
        references = new int[count];
        keys = new BlockKey?[count];
        next = new int[count + 1];
        previous = new int[count + 1];
        for (var block = 0; block <= count; block++)
        {
            next[block] = block == count ? 0 : block + 1;
            previous[block] = block == 0 ? count : block - 1;
        }
    }

    public int Count { get; }

    /// <summary>Tokens a layer of this group looks back on, itself included; null for all of them.</summary>
    public int? Window { get; }

    /// <summary>Blocks nobody holds, cached ones among them.</summary>
    public int Free { get; private set; }

    public int References(int block) => references[block];

    /// <summary>Gives out an unused block with one reference, forgetting what was cached in it.</summary>
    public int Take()
    {
        if (Free == 0) throw new InvalidOperationException("No free cache block; the caller must ask Free first.");
        var block = next[anchor];
        if (keys[block] is { } key) cached.Remove(key);
        keys[block] = null;
        Hold(block);
        return block;
    }

    public bool TryFind(BlockKey key, out int block) => cached.TryGetValue(key, out block);

    /// <summary>Adds a reference to a cached or used block.</summary>
    public void Share(int block)
    {
        if (references[block] == 0) Hold(block);
        else references[block]++;
    }

    /// <summary>Makes a full block known by its key; the first of equal blocks is the one that is known.</summary>
    public void Publish(int block, BlockKey key)
    {
        if (keys[block] is null && cached.TryAdd(key, block)) keys[block] = key;
    }

    public void Release(int block)
    {
        if (references[block] <= 0) throw new InvalidOperationException($"Cache block {block} was released more often than it was held.");
        if (--references[block] > 0) return;
        Free++;
        // Between which two to insert: before the anchor is the tail, after it the head.
        var after = keys[block] is null ? anchor : previous[anchor];
        (next[block], previous[block]) = (next[after], after);
        previous[next[after]] = block;
        next[after] = block;
    }

    void Hold(int block)
    {
        next[previous[block]] = next[block];
        previous[next[block]] = previous[block];
        references[block] = 1;
        Free--;
    }
}
