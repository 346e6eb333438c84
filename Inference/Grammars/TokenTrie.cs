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
    public TokenTrie(TextTokenizer tokenizer, int vocabularySize) : this([.. Enumerable.Range(0, vocabularySize)
        .Select(id => tokenizer.IsControl(id) ? [] : tokenizer.TokenBytes(id))], [.. Enumerable.Range(0, vocabularySize)])
    {
        var parts = Enumerable.Range(0, vocabularySize).Where(id => bytes[id].Length > 0).ToLookup(id => FreeText.IsPlain(bytes[id]));
        foreach (var id in parts[true]) Plain.Allow(id);
        Others = new(bytes, [.. parts[false]]);
    }

    /// <param name="bytes">Of each token; empty where it spells no text.</param>
    TokenTrie(byte[][] bytes, int[] ids)
    {
        (this.bytes, twins, Plain, Others) = (bytes, new int[bytes.Length], new(bytes.Length), this);
        Array.Fill(twins, -1);
        var sorted = Array.FindAll(ids, id => bytes[id].Length > 0);
        Array.Sort(sorted, (one, other) => bytes[one].AsSpan().SequenceCompareTo(bytes[other]) is var order && order != 0 ? order
            : one.CompareTo(other));
        Fill(sorted);
    }

    public int VocabularySize => bytes.Length;

    /// <summary>The tokens that are <see cref="FreeText.IsPlain"/>.</summary>
    public TokenMask Plain { get; }

    /// <summary>All other tokens.</summary>
    public TokenTrie Others { get; }

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
