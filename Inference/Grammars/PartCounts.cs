// How often the tokens of a tree can begin a repeated part anew: mostly far less often than they have bytes, as words. What a token cannot
// reach of a count makes no difference to it. Knows no mask.
namespace Majlis.Inference.Grammars;

/// <summary>Not thread-safe.</summary>
sealed class PartCounts(NodeTable table, Derivatives derivatives, TextLengths lengths)
{
    // In larger trees tokens are short, and their bytes tell nearly as much.
    const int MostNodes = 1 << 15;

    const int MostPlaces = 32;
    const int MostKnown = 1 << 10;

    readonly Dictionary<(Node Part, TokenTrie Trie), int> known = [];

    /// <summary>At most so often, wherever in a token the first begins.</summary>
    /// <param name="part">Without the empty text.</param>
    public int Of(Node part, TokenTrie trie)
    {
        if (!part.IsRegular) return trie.Depth;
        if (known.TryGetValue((part, trie), out var count)) return count;
        if (known.Count >= MostKnown) known.Clear();
        return known[(part, trie)] = trie.Nodes.Length > MostNodes ? ByBytes(part, trie)
            : part is BytesNode bytes ? Runs(bytes.Set, trie) : Count(part, trie);
    }

    /// <summary>The same of longer tokens, too.</summary>
    public int OfAll(Node part, TokenTrie trie) => Math.Max(Of(part, trie), trie.Longer is { } longer ? OfAll(part, longer) : 0);

    // The longest run of a set's bytes in a token.
    static int Runs(ByteSet set, TokenTrie trie)
    {
        var run = new int[trie.Depth + 1];
        var most = 0;
        foreach (ref readonly var node in trie.Nodes[1..])
            most = Math.Max(most, run[node.Depth] = set.Contains(node.Label) ? run[node.Depth - 1] + 1 : 0);
        return most;
    }

    int Count(Node part, TokenTrie trie)
    {
        // What the bytes down to each depth leave of a part, with how many have begun.
        var path = new Dictionary<Node, int>[trie.Depth + 1];
        for (var depth = 0; depth <= trie.Depth; depth++) path[depth] = [];
        var most = 0;
        foreach (ref readonly var node in trie.Nodes[1..])
        {
            var (before, now) = (path[node.Depth - 1], path[node.Depth]);
            now.Clear();
            var anew = derivatives.Next(part, node.Label);
            Add(now, anew, 1);
            foreach (var (state, begun) in before)
            {
                Add(now, derivatives.Next(state, node.Label), begun);
                if (state.IsNullable) Add(now, anew, begun + 1);
            }
            if (now.Count > MostPlaces) return ByBytes(part, trie);
            foreach (var begun in now.Values) most = Math.Max(most, begun);
        }
        return most;
    }

    // All but the last are whole.
    int ByBytes(Node part, TokenTrie trie) => (int)((trie.Depth - 1) / Math.Max(1, lengths.Of(part)?.Shortest ?? 1)) + 1;

    void Add(Dictionary<Node, int> places, Node state, int begun)
    {
        if (state != table.Nothing) places[state] = Math.Max(begun, places.GetValueOrDefault(state));
    }
}
