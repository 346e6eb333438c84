// Finds added tokens in a text: leftmost, longest, with the flags that widen or refuse a match.
using System.Buffers;
using Majlis.Text.Tokenizers.Patterns;

namespace Majlis.Text.Tokenizers;

/// <summary>A trie over the tokens' texts. Immutable once built.</summary>
sealed class AddedTokenMatcher
{
    readonly Node root = new();
    readonly SearchValues<char> beginnings;

    public AddedTokenMatcher(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        foreach (var (text, token) in tokens)
        {
            var node = root;
            foreach (var unit in text)
            {
                if (!node.Next.TryGetValue(unit, out var child)) node.Next.Add(unit, child = new Node());
                node = child;
            }
            if (node != root) node.Token = token;
        }
        beginnings = SearchValues.Create([.. root.Next.Keys]);
    }

    /// <summary>
    /// The next match at or after <paramref name="search"/>, of tokens that <paramref name="wanted"/> admits. A refused match is
    /// passed over whole. <paramref name="search"/> moves behind the match; blanks are taken back to <paramref name="done"/> at most.
    /// </summary>
    public AddedToken? Next(ReadOnlySpan<char> text, int done, ref int search, Func<AddedToken, bool>? wanted, out int start, out int end)
    {
        (start, end) = (text.Length, text.Length);
        while (search < text.Length)
        {
            var hop = text[search..].IndexOfAny(beginnings);
            if (hop < 0) break;
            start = search + hop;
            var token = Longest(text, start, out end);
            search = token is null ? start + 1 : end;
            if (token is null || wanted is not null && !wanted(token) || token.SingleWord && !StandsAlone(text, start, end)) continue;
            if (token.StripLeft) start = Math.Max(done, text[..start].TrimEnd().Length);
            if (token.StripRight) end = text.Length - text[end..].TrimStart().Length;
            return token;
        }
        search = text.Length;
        return null;
    }

    AddedToken? Longest(ReadOnlySpan<char> text, int start, out int end)
    {
        var (node, found) = (root, (AddedToken?)null);
        end = start;
        for (var i = start; i < text.Length && node.Next.TryGetValue(text[i], out var child); i++)
        {
            node = child;
            if (node.Token is not { } token) continue;
            (found, end) = (token, i + 1);
        }
        return found;
    }

    static bool StandsAlone(ReadOnlySpan<char> text, int start, int end) =>
        (start == 0 || !IsWord(Runes.Before(text, start))) && (end == text.Length || !IsWord(Runes.At(text, end)));

    // The regex crate's \w, with the zero-width joiners.
    static bool IsWord(int codePoint) => RuneKinds.IsWord(codePoint) || codePoint is 0x200C or 0x200D;

    sealed class Node
    {
        public Dictionary<char, Node> Next { get; } = [];

        public AddedToken? Token { get; set; }
    }
}
