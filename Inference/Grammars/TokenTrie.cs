// The tokens of a vocabulary by their bytes, as a tree in which tokens of equal beginnings share a path. Built once for each model. Knows
// no grammar.
using System.Text;
using Majlis.Text.Tokenizers;

namespace Majlis.Inference.Grammars;

/// <summary>
/// Nodes in the order of a walk from the root, each with its subtree's end. Immutable. Longer tokens have trees of their own. Tokens
/// without bytes are in none: no text is spelled with them. Control tokens, the end of text among them, are spelled as
/// <see cref="Mark"/> says.
/// </summary>
sealed class TokenTrie
{
    // UTF-16 units, of which a character has one or two: a token of so many has no more characters.
    static readonly int[] reaches = [4, 8, 16, 32, 256, int.MaxValue];

    // Most bytes of a tree's tokens; the last tree has all others. Few tokens are long, and they see farther than all others.
    static readonly int[] tiers = [16, 32, 64];

    // UTF-8 has neither.
    const byte Begin = 0xFF, Finish = 0xFE;

    readonly TrieNode[] nodes;
    // Of tokens with the same bytes, the next one; -1 after the last.
    readonly int[] twins;
    readonly byte[][] bytes;
    // The tokens that are in it, in the order of their bytes.
    readonly int[] sorted;
    // For each of the reaches.
    readonly Part[] parts = [];

    /// <param name="vocabularySize">The network's; tokens beyond it have no logit.</param>
    public TokenTrie(TextTokenizer tokenizer, int vocabularySize) : this([.. Enumerable.Range(0, vocabularySize)
        .Select(id => Spelled(tokenizer.TokenBytes(id), tokenizer.IsControl(id)))])
    { }

    /// <param name="bytes">Of each token; empty where it spells no text.</param>
    TokenTrie(byte[][] bytes) : this(bytes, Sorted(bytes), Twins(bytes), tier: 0)
    { }

    /// <param name="sorted">The tokens that are in it and in longer ones.</param>
    TokenTrie(byte[][] bytes, int[] sorted, int[] twins, int tier)
        : this(bytes, tier == tiers.Length ? sorted : [.. sorted.Where(id => bytes[id].Length <= tiers[tier])], twins)
    {
        parts = [.. reaches.Select(PartOf)];
        if (tier < tiers.Length) Longer = new(bytes, [.. sorted.Where(id => bytes[id].Length > tiers[tier])], twins, tier + 1);
    }

    TokenTrie(byte[][] bytes, int[] sorted, int[] twins)
    {
        (this.bytes, this.sorted, this.twins) = (bytes, sorted, twins);
        nodes = Filled();
    }

    /// <summary>Tokens that are longer than those in it; null where there is no such tree.</summary>
    public TokenTrie? Longer { get; }

    /// <summary>The bytes of the longest token of all.</summary>
    public int Longest => Math.Max(Depth, Longer?.Longest ?? 0);

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

    /// <summary>The first is the root.</summary>
    public ReadOnlySpan<TrieNode> Nodes => nodes;

    /// <summary>The bytes of its longest token.</summary>
    public int Depth { get; private set; }

    /// <summary>The next token of the same bytes, or -1.</summary>
    public int Twin(int token) => twins[token];

    /// <summary>Empty for a token that spells no text.</summary>
    public ReadOnlySpan<byte> Bytes(int token) => bytes[token];

    Part PartOf(int reach)
    {
        var parted = sorted.ToLookup(id => FreeText.IsPlain(bytes[id]) && Encoding.UTF8.GetCharCount(bytes[id]) <= reach);
        var plain = new TokenMask(bytes.Length);
        foreach (var id in parted[true]) plain.Allow(id);
        return new(plain, new(bytes, [.. parted[false]], twins));
    }

    static int[] Sorted(byte[][] bytes)
    {
        int[] sorted = [.. Enumerable.Range(0, bytes.Length).Where(id => bytes[id].Length > 0)];
        Array.Sort(sorted, (one, other) => bytes[one].AsSpan().SequenceCompareTo(bytes[other]) is var order && order != 0 ? order
            : one.CompareTo(other));
        return sorted;
    }

    static int[] Twins(byte[][] bytes)
    {
        var twins = new int[bytes.Length];
        Array.Fill(twins, -1);
        var sorted = Sorted(bytes);
        for (var i = 1; i < sorted.Length; i++)
            if (bytes[sorted[i]].AsSpan().SequenceEqual(bytes[sorted[i - 1]])) twins[sorted[i]] = sorted[i - 1];
        return twins;
    }

    static byte[] Spelled(byte[] bytes, bool isControl) =>
        isControl && bytes.Length > 0 ? Mark(bytes) : bytes.AsSpan().ContainsAny(Begin, Finish) ? [] : bytes;

    TrieNode[] Filled()
    {
        List<TrieNode> all = [default(TrieNode) with { Token = -1 }];
        var path = new Stack<int>([0]);
        byte[] before = [];
        foreach (var id in sorted)
        {
            var text = bytes[id];
            var shared = text.AsSpan().CommonPrefixLength(before);
            Close(all, path, shared);
            for (var depth = shared; depth < text.Length; depth++)
            {
                path.Push(all.Count);
                all.Add(new(0, -1, depth + 1, text[depth]));
            }
            var end = path.Peek();
            // Of tokens with the same bytes the last comes first.
            all[end] = all[end] with { Token = id };
            before = text;
            Depth = Math.Max(Depth, text.Length);
        }
        Close(all, path, -1);
        return [.. all];
    }

    static void Close(List<TrieNode> all, Stack<int> path, int depth)
    {
        while (path.Count > depth + 1)
        {
            var node = path.Pop();
            all[node] = all[node] with { End = all.Count };
        }
    }
}

/// <param name="End">The first node after the subtree.</param>
/// <param name="Token">A token whose bytes end here, or -1.</param>
/// <param name="Depth">Bytes from the root.</param>
readonly record struct TrieNode(int End, int Token, int Depth, byte Label);
