// The masks of a grammar's states, each found once by a walk through the tree of tokens, whose subtrees are left where the grammar forbids
// their beginning; where text may go on freely, most tokens need no walk. Knows no sequence.
using Majlis.Inference.Grammars.Distinct;

namespace Majlis.Inference.Grammars;

/// <summary>Used under the grammar's lock.</summary>
sealed class MaskCache(NodeTable table, Derivatives derivatives)
{
    // 256 masks of 256,000 tokens are 8 MiB.
    const int Most = 256;

    const int MostSeen = 1 << 12;

    readonly FreeText free = new(table, derivatives);
    readonly Horizon horizon = new(table, derivatives);
    readonly Dictionary<Node, TokenMask> masks = [];
    // As far as any token can see.
    readonly Dictionary<Node, Node> seen = [];
    // Of one tree's tokens, for states that only longer ones tell apart.
    readonly Dictionary<(Node State, TokenTrie Trie), TokenMask> near = [];
    // Of keys that may be written as they like.
    readonly Dictionary<(Node Key, TokenTrie Trie), KeyTokens> keys = [];
    TokenTrie? known;
    Place[] path = [];
    long bytes;

    /// <summary>The memory that the masks take. Any thread may ask, as of <see cref="NodeTable.MemoryBytes"/>.</summary>
    public long MemoryBytes => Volatile.Read(ref bytes);

    /// <summary>Finds what all texts that go on freely have in common: when the grammar is compiled, not while an answer waits.</summary>
    /// <param name="all">The grammar's expressions.</param>
    public void Prepare(IReadOnlyCollection<Node> all)
    {
        byte[] values = [.. table.Classes.Members];
        foreach (var text in all.OfType<RepeatNode>().Where(text => free.Reach(text) == int.MaxValue).ToList())
            foreach (var value in values)
                if (derivatives.Next(text, value) is var next && next != table.Nothing)
                    foreach (var other in values) derivatives.Next(next, other);
    }

    public TokenMask Of(Node state, TokenTrie trie)
    {
        // During a swap of models two tries take turns.
        if (masks.Count + near.Count + keys.Count >= Most || trie != known)
        {
            masks.Clear();
            near.Clear();
            keys.Clear();
        }
        if (seen.Count >= MostSeen || trie != known) seen.Clear();
        known = trie;
        if (!seen.TryGetValue(state, out var all)) seen[state] = all = horizon.OfAll(state, trie);
        state = all;
        if (!masks.TryGetValue(state, out var mask)) masks[state] = mask = Find(state, trie);
        bytes = (long)(masks.Count + near.Count + keys.Count) * trie.VocabularySize / 8;
        return mask;
    }

    TokenMask Find(Node state, TokenTrie trie)
    {
        var mask = new TokenMask(trie.VocabularySize) { MayEnd = state.IsNullable };
        for (var some = trie; some is not null; some = some.Longer)
        {
            var closer = horizon.Of(state, some);
            if (closer == state) Walk(state, some, mask);
            else
            {
                if (!near.TryGetValue((closer, some), out var seen))
                    Walk(closer, some, near[(closer, some)] = seen = new(trie.VocabularySize));
                mask.Allow(seen);
            }
        }
        return mask;
    }

    /// <summary>Allows the tokens of the tree with which the state can go on.</summary>
    void Walk(Node state, TokenTrie trie, TokenMask mask)
    {
        if (trie.Within(free.Reach(state)) is { } part)
        {
            mask.Allow(part.Plain);
            trie = part.Others;
        }
        if (path.Length <= trie.Depth) path = new Place[trie.Depth + 1];
        path[0] = new(state);
        if (FreeKey(state) is { } key) WalkKey(key, state, trie, mask);
        else Walk(trie, 1, trie.Nodes.Length, mask);
    }

    /// <param name="trie">Whose nodes are looked at, below one whose place on the path is known.</param>
    /// <param name="from">The first node.</param>
    /// <param name="end">The node behind the last.</param>
    /// <param name="mask">Gets the tokens.</param>
    /// <param name="ends">Gets the nodes where the text may end; what is below them is left. Null: none is.</param>
    void Walk(TokenTrie trie, int from, int end, TokenMask mask, List<int>? ends = null)
    {
        var nodes = trie.Nodes;
        for (var at = from; at < end;)
        {
            ref readonly var node = ref nodes[at];
            var next = derivatives.Next(path[node.Depth - 1].State, node.Label);
            if (next == table.Nothing)
            {
                at = node.End;
                continue;
            }
            path[node.Depth] = new(next);
            for (var token = node.Token; token >= 0; token = trie.Twin(token)) mask.Allow(token);
            if (ends is null || !next.IsNullable)
            {
                at++;
                continue;
            }
            ends.Add(at);
            at = node.End;
        }
    }

    /// <summary>
    /// What remains of a key that no key before it can equal any more, if it cannot end here; else null. Every text that is written of it
    /// is a state of its own, and yet goes on with the same tokens until the key ends.
    /// </summary>
    static Node? FreeKey(Node state) => (state is SequenceNode sequence ? sequence.First : state)
        is DistinctNode { Rivals: [], Key: { IsNullable: false } key } ? key : null;

    void WalkKey(Node key, Node state, TokenTrie trie, TokenMask mask)
    {
        if (!keys.TryGetValue((key, trie), out var tokens))
        {
            keys[(key, trie)] = tokens = new(new(trie.VocabularySize), []);
            path[0] = new(key);
            Walk(trie, 1, trie.Nodes.Length, tokens.Inside, tokens.Ends);
            path[0] = new(state);
        }
        mask.Allow(tokens.Inside);
        var nodes = trie.Nodes;
        foreach (var end in tokens.Ends)
        {
            for (var at = 1; at <= end;)
                if (nodes[at].End <= end) at = nodes[at].End;
                else
                {
                    path[nodes[at].Depth] = new(derivatives.Next(path[nodes[at].Depth - 1].State, nodes[at].Label));
                    at++;
                }
            Walk(trie, end + 1, nodes[end].End, mask);
        }
    }

    /// <param name="Inside">The tokens that lie in the key, or end with it.</param>
    /// <param name="Ends">The tree's nodes with which it may end.</param>
    readonly record struct KeyTokens(TokenMask Inside, List<int> Ends);

    // An array of structures takes any node without a check of its kind.
    readonly record struct Place(Node State);
}
