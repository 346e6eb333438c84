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

    // How deep in a condition bounds are looked for.
    const int Deepest = 16;

    readonly FreeText free = new(table, derivatives);
    readonly FewStates few = new(table, derivatives);
    readonly Dictionary<Node, TokenMask> masks = [];
    // Of one tree's tokens, for states that only longer ones tell apart.
    readonly Dictionary<(Node State, TokenTrie Trie), TokenMask> near = [];
    TokenTrie? known;
    Place[] path = [];
    long bytes;

    /// <summary>The memory that the masks take. Any thread may ask, as of <see cref="NodeTable.MemoryBytes"/>.</summary>
    public long MemoryBytes => Volatile.Read(ref bytes);

    public TokenMask Of(Node state, TokenTrie trie)
    {
        // During a swap of models two tries take turns.
        if (masks.Count + near.Count >= Most || trie != known)
        {
            masks.Clear();
            near.Clear();
        }
        known = trie;
        state = Horizon(state, trie.Longest, Near);
        if (!masks.TryGetValue(state, out var mask)) masks[state] = mask = Find(state, trie);
        bytes = (long)(masks.Count + near.Count) * trie.VocabularySize / 8;
        return mask;
    }

    TokenMask Find(Node state, TokenTrie trie)
    {
        var mask = new TokenMask(trie.VocabularySize) { MayEnd = state.IsNullable };
        for (var some = trie; some is not null; some = some.Longer)
        {
            var closer = Horizon(state, some.Depth, Near);
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
        var nodes = trie.Nodes;
        for (var at = 1; at < nodes.Length;)
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
            at++;
        }
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
        BothNode both => Horizon(both, longest),
        _ => state,
    };

    /// <summary>
    /// A bound may decide what else that holds at once can still be completed. It does not where without it there are few states, whose
    /// ends are nearer than the bound.
    /// </summary>
    Node Horizon(BothNode both, int longest)
    {
        var unbounded = Unbounded(both, longest, Deepest);
        return unbounded != both && few.FarthestEnd(unbounded) is { } far && Unbounded(both, longest + far, Deepest) == unbounded
            ? unbounded : both;
    }

    Node Unbounded(Node node, int far, int depth) => depth == 0 ? node : node switch
    {
        SequenceNode sequence => table.Sequence(Unbounded(sequence.First, far, depth - 1), Unbounded(sequence.Rest, far, depth - 1)),
        AlternationNode alternation => table.Alternation(alternation.Parts.Select(part => Unbounded(part, far, depth - 1))),
        BothNode both => table.Both(both.Parts.Select(part => Unbounded(part, far, depth - 1))),
        RepeatNode { Least: 0, Part.IsNullable: false } repeat when repeat.Most > far => table.Repeat(repeat.Part, 0, null),
        _ => node,
    };

    // An array of structures takes any node without a check of its kind.
    readonly record struct Place(Node State);
}
