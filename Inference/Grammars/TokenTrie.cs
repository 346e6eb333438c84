// The tokens of a vocabulary by their bytes, as a tree in which tokens of equal beginnings share a path. Built once for each model. Knows
// no grammar.
using Majlis.Text.Tokenizers;

namespace Majlis.Inference.Grammars;

/// <summary>
/// Nodes in the order of a walk from the root, each with its subtree's end. Immutable. Control tokens, the end of text among them, and
/// tokens without bytes are not in it: no text is spelled with them.
/// </summary>
sealed class TokenTrie
{
    readonly List<byte> labels = [0];
    readonly List<int> ends = [0];
    readonly List<int> tokens = [-1];
    readonly List<int> depths = [0];
    // Of tokens with the same bytes, the next one; -1 after the last.
    readonly int[] twins;
    readonly byte[][] bytes;

    /// <param name="vocabularySize">The network's; tokens beyond it have no logit.</param>
    public TokenTrie(TextTokenizer tokenizer, int vocabularySize)
    {
        VocabularySize = vocabularySize;
        twins = new int[vocabularySize];
        bytes = new byte[vocabularySize][];
        Array.Fill(twins, -1);
        for (var id = 0; id < vocabularySize; id++) bytes[id] = tokenizer.IsControl(id) ? [] : tokenizer.TokenBytes(id);
        var sorted = Enumerable.Range(0, vocabularySize).Where(id => bytes[id].Length > 0).ToArray();
        Array.Sort(sorted, (one, other) => bytes[one].AsSpan().SequenceCompareTo(bytes[other]) is var order && order != 0 ? order
            : one.CompareTo(other));
        Fill(sorted);
    }

    public int VocabularySize { get; }

    public int Count => labels.Count;

    public int Depth { get; private set; }

    public byte Label(int node) => labels[node];

    public int DepthOf(int node) => depths[node];

    /// <summary>The first node after the subtree.</summary>
    public int End(int node) => ends[node];

    /// <summary>A token whose bytes end here, or -1.</summary>
    public int Token(int node) => tokens[node];

    /// <summary>The next token of the same bytes, or -1.</summary>
    public int Twin(int token) => twins[token];

    /// <summary>Empty for a token that spells no text.</summary>
    public ReadOnlySpan<byte> Bytes(int token) => bytes[token];

    void Fill(int[] sorted)
    {
        var path = new Stack<int>([0]);
        byte[] before = [];
        foreach (var id in sorted)
        {
            var text = bytes[id];
            var shared = text.AsSpan().CommonPrefixLength(before);
            Close(path, shared);
            for (var depth = shared; depth < text.Length; depth++)
            {
                path.Push(labels.Count);
                labels.Add(text[depth]);
                depths.Add(depth + 1);
                ends.Add(0);
                tokens.Add(-1);
            }
            twins[id] = tokens[path.Peek()];
            tokens[path.Peek()] = id;
            before = text;
            Depth = Math.Max(Depth, text.Length);
        }
        Close(path, -1);
    }

    void Close(Stack<int> path, int depth)
    {
        while (path.Count > depth + 1) ends[path.Pop()] = labels.Count;
    }
}
