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

    // So many states of conditions on one string are looked at.
    const int FewStates = 64;

    const int MostKnown = 1 << 12;

    // How deep in a condition bounds are looked for.
    const int Deepest = 16;

    readonly Dictionary<Node, bool> few = [];
    readonly FreeText free = new(table, derivatives);
    readonly Dictionary<Node, TokenMask> masks = [];
    // Of all but the longest tokens, for states that only those tell apart.
    readonly Dictionary<Node, TokenMask> near = [];
    TokenTrie? known;
    Node[] path = [];
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
        state = Horizon(state, Math.Max(trie.Depth, trie.Longer!.Depth), Near);
        if (!masks.TryGetValue(state, out var mask)) masks[state] = mask = Find(state, trie);
        bytes = (long)(masks.Count + near.Count) * trie.VocabularySize / 8;
        return mask;
    }

    TokenMask Find(Node state, TokenTrie trie)
    {
        var mask = new TokenMask(trie.VocabularySize) { MayEnd = state.IsNullable };
        var closer = Horizon(state, trie.Depth, Near);
        if (closer == state) Walk(state, trie, mask);
        else
        {
            if (!near.TryGetValue(closer, out var seen)) Walk(closer, trie, near[closer] = seen = new(trie.VocabularySize));
            mask.Allow(seen);
        }
        Walk(state, trie.Longer!, mask);
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
    /// A bound may decide what else that holds at once can still be completed. It does not where that has few states: from each of them an
    /// end is as near, and the bound farther.
    /// </summary>
    Node Horizon(BothNode both, int longest)
    {
        var unbounded = table.Both(both.Parts.Select(part => Unbounded(part, longest + FewStates, Deepest)));
        return unbounded != both && !Counts(unbounded, Deepest) && HasFewStates(unbounded) ? unbounded : both;
    }

    /// <summary>A bound is left, so that there are many states.</summary>
    static bool Counts(Node node, int depth) => depth > 0 && node switch
    {
        SequenceNode sequence => Counts(sequence.First, depth - 1) || Counts(sequence.Rest, depth - 1),
        AlternationNode alternation => alternation.Parts.Any(part => Counts(part, depth - 1)),
        BothNode both => both.Parts.Any(part => Counts(part, depth - 1)),
        RepeatNode repeat => repeat.Least > FewStates || repeat.Most > FewStates,
        _ => false,
    };

    Node Unbounded(Node node, int far, int depth) => depth == 0 ? node : node switch
    {
        SequenceNode sequence => table.Sequence(Unbounded(sequence.First, far, depth - 1), Unbounded(sequence.Rest, far, depth - 1)),
        AlternationNode alternation => table.Alternation(alternation.Parts.Select(part => Unbounded(part, far, depth - 1))),
        RepeatNode { Least: 0, Part.IsNullable: false } repeat when repeat.Most > far => table.Repeat(repeat.Part, 0, null),
        _ => node,
    };

    bool HasFewStates(Node start)
    {
        if (few.TryGetValue(start, out var known)) return known;
        if (few.Count >= MostKnown) few.Clear();
        var (seen, open) = (new HashSet<Node> { start }, new Stack<Node>([start]));
        while (seen.Count <= FewStates && open.TryPop(out var state))
            foreach (var value in table.Classes.Members)
                if (derivatives.Next(state, value) is var next && seen.Add(next)) open.Push(next);
        var isFew = seen.Count <= FewStates;
        // What is reached from there has no more.
        foreach (var state in seen) if (isFew || state == start) few[state] = isFew;
        return isFew;
    }
}
