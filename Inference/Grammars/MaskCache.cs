// The masks of a grammar's states, each found once by a walk through the tree of tokens, whose subtrees are left where the grammar forbids
// their beginning; where text may go on freely, most tokens need no walk. Knows no sequence.
namespace Majlis.Inference.Grammars;

/// <summary>Used under the grammar's lock.</summary>
sealed class MaskCache(NodeTable table, Derivatives derivatives)
{
    // 256 masks of 256,000 tokens are 8 MiB.
    const int Most = 256;

    // How many parts of a sequence are looked at: one token rarely passes more.
    const int Near = 4;

    readonly FreeText free = new(table, derivatives);
    readonly Dictionary<Node, TokenMask> masks = [];
    TokenTrie? known;
    Node[] path = [];
    long bytes;

    /// <summary>The memory that the masks take. Any thread may ask, as of <see cref="NodeTable.MemoryBytes"/>.</summary>
    public long MemoryBytes => Volatile.Read(ref bytes);

    public TokenMask Of(Node state, TokenTrie trie)
    {
        // During a swap of models two tries take turns.
        if (masks.Count >= Most || trie != known) masks.Clear();
        known = trie;
        state = Horizon(state, trie.Depth, Near);
        if (!masks.TryGetValue(state, out var mask)) masks[state] = mask = Walk(state, trie);
        bytes = (long)masks.Count * trie.VocabularySize / 8;
        return mask;
    }

    TokenMask Walk(Node state, TokenTrie trie)
    {
        var mask = new TokenMask(trie.VocabularySize) { MayEnd = state.IsNullable };
        if (trie.Within(free.Reach(state)) is { } part)
        {
            mask.Allow(part.Plain);
            trie = part.Others;
        }
        if (path.Length <= trie.Depth) path = new Node[trie.Depth + 1];
        path[0] = state;
        for (var node = 1; node < trie.Count;)
        {
            var depth = trie.DepthOf(node);
            var next = derivatives.Next(path[depth - 1], trie.Label(node));
            if (next == table.Nothing)
            {
                node = trie.End(node);
                continue;
            }
            path[depth] = next;
            for (var token = trie.Token(node); token >= 0; token = trie.Twin(token)) mask.Allow(token);
            node++;
        }
        return mask;
    }

    /// <summary>
    /// The state as far as one token can see: counts beyond the longest token make no difference, so that a long text of bounded length
    /// has one mask for almost all of its states.
    /// </summary>
    Node Horizon(Node state, int longest, int parts) => state switch
    {
        SequenceNode sequence when parts > 0 =>
            table.Sequence(Horizon(sequence.First, longest, 0), Horizon(sequence.Rest, longest, parts - 1)),
        RepeatNode { Part.IsNullable: false } repeat when repeat.Least > longest || repeat.Most > longest =>
            table.Repeat(repeat.Part, Math.Min(repeat.Least, longest), repeat.Most > longest ? null : repeat.Most),
        _ => state,
    };
}
