// The blocks of one cache group: their reference counts, their keys, and the order in which unused ones are reused. Block numbers only;
// knows neither tensors nor sequences.
namespace Majlis.Inference;

/// <summary>
/// A block is in use (references &gt; 0) or free. Free blocks form one list and are taken from its head: blocks without a key are added at
/// the head, those with a key at the tail. So a cached block is overwritten only when no empty one is left, the least recently used first.
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

    /// <summary>Tokens that a layer of this group attends to, itself included; null for all.</summary>
    public int? Window { get; }

    /// <summary>Blocks that no sequence holds, cached ones among them.</summary>
    public int Free { get; private set; }

    public int References(int block) => references[block];

    /// <summary>Returns an unused block with one reference and forgets what was cached in it.</summary>
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

    /// <summary>Registers a full block under its key; of equal blocks the first keeps the key.</summary>
    public void Publish(int block, BlockKey key)
    {
        if (keys[block] is null && cached.TryAdd(key, block)) keys[block] = key;
    }

    public void Release(int block)
    {
        if (references[block] <= 0) throw new InvalidOperationException($"Cache block {block} was released more often than it was held.");
        if (--references[block] > 0) return;
        Free++;
        // Insert before the anchor: at the tail. Insert after it: at the head.
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
