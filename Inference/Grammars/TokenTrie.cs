// The tokens of a vocabulary by their bytes, as a tree in which tokens of equal beginnings share a path. Built once for each model. Knows
// no grammar.
using System.Text;
using Majlis.Text.Tokenizers;

namespace Majlis.Inference.Grammars;

/// <summary>
/// Nodes in the order of a walk from the root, each with its subtree's end. Immutable. The longest tokens have a tree of their own. Tokens
/// without bytes are in none: no text is spelled with them. Control tokens, the end of text among them, are spelled as
/// <see cref="Mark"/> says.
/// </summary>
sealed class TokenTrie
{
    // UTF-16 units, of which a character has one or two: a token of so many has no more characters.
    static readonly int[] reaches = [4, 8, 16, 32, 256, int.MaxValue];

    // Few tokens have more bytes, and they see farther than all others.
    const int Short = 32;

    // UTF-8 has neither.
    const byte Begin = 0xFF, Finish = 0xFE;

    readonly List<byte> labels = [0];
    readonly List<int> ends = [0];
    readonly List<int> tokens = [-1];
    readonly List<int> depths = [0];
    // Of tokens with the same bytes, the next one; -1 after the last.
    readonly int[] twins;
    readonly byte[][] bytes;
    readonly int[] sorted;
    // For each of the reaches.
    readonly Part[] parts = [];

    /// <param name="vocabularySize">The network's; tokens beyond it have no logit.</param>
    public TokenTrie(TextTokenizer tokenizer, int vocabularySize) : this([.. Enumerable.Range(0, vocabularySize)
        .Select(id => Spelled(tokenizer.TokenBytes(id), tokenizer.IsControl(id)))])
    { }

    /// <param name="bytes">Of each token; empty where it spells no text.</param>
    TokenTrie(byte[][] bytes) : this(bytes, Sorted(bytes).ToLookup(id => bytes[id].Length <= Short))
    { }

    TokenTrie(byte[][] bytes, ILookup<bool, int> sorted) : this(bytes, [.. sorted[true]], isWhole: true) =>
        Longer = new(bytes, [.. sorted[false]], isWhole: true);

    /// <param name="sorted">The tokens that are in it, in the order of their bytes.</param>
    TokenTrie(byte[][] bytes, int[] sorted, bool isWhole)
    {
        (this.bytes, this.sorted, twins) = (bytes, sorted, new int[bytes.Length]);
        Array.Fill(twins, -1);
        Fill();
        if (isWhole) parts = [.. reaches.Select(PartOf)];
    }

    /// <summary>The longest tokens, which are not in it; null where it holds all that it was made of.</summary>
    public TokenTrie? Longer { get; }

    /// <summary>The tokens that are <see cref="FreeText.IsPlain"/> and of a bounded length, and all others.</summary>
    public sealed record Part(TokenMask Plain, TokenTrie Others);

    /// <summary>A part whose plain tokens have at most so many characters; null where that would be too few to help.</summary>
    public Part? Within(int characters)
    {
        var at = Array.FindLastIndex(reaches, reach => reach <= characters);
        return at < 0 ? null : parts[at];
    }

    /// <summary>
    /// A control token in the byte strings of grammars: its spelling between two bytes that occur in no text, so that no other token
    /// spells it, and no grammar of texts takes it.
    /// </summary>
    public static byte[] Mark(ReadOnlySpan<byte> spelling) => [Begin, .. spelling, Finish];

    public int VocabularySize => bytes.Length;

    public int Count => labels.Count;

    /// <summary>The bytes of its longest token.</summary>
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

    Part PartOf(int reach)
    {
        var parted = sorted.ToLookup(id => FreeText.IsPlain(bytes[id]) && Encoding.UTF8.GetCharCount(bytes[id]) <= reach);
        var plain = new TokenMask(bytes.Length);
        foreach (var id in parted[true]) plain.Allow(id);
        return new(plain, new(bytes, [.. parted[false]], isWhole: false));
    }

    static int[] Sorted(byte[][] bytes)
    {
        int[] sorted = [.. Enumerable.Range(0, bytes.Length).Where(id => bytes[id].Length > 0)];
        Array.Sort(sorted, (one, other) => bytes[one].AsSpan().SequenceCompareTo(bytes[other]) is var order && order != 0 ? order
            : one.CompareTo(other));
        return sorted;
    }

    static byte[] Spelled(byte[] bytes, bool isControl) =>
        isControl && bytes.Length > 0 ? Mark(bytes) : bytes.AsSpan().ContainsAny(Begin, Finish) ? [] : bytes;

    void Fill()
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
