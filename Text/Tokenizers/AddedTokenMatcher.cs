// Finds added tokens in a text: leftmost, longest, with the flags that widen or refuse a match.
using System.Buffers;
using Majlis.Text.Tokenizers.Patterns;

namespace Majlis.Text.Tokenizers;

/// <summary>How a match of an added token is read: as the token, as part of the text around it, or as a separate text.</summary>
enum Reading { Token, Text, TextApart }

/// <summary>
/// Decides how a match is read. The range is in the original text, UTF-16 units, end exclusive; for a normalised text it is known
/// only if origins are kept.
/// </summary>
delegate Reading TokenAdmission(AddedToken token, int start, int end);

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
    /// The next match at or after <paramref name="search"/> that is not part of the text around it; matches that are part are skipped.
    /// <paramref name="search"/> moves to the match's end; white space is stripped back to <paramref name="done"/> at most.
    /// </summary>
    public AddedToken? Next(
        TextSlice slice, int done, ref int search, TokenAdmission? admits, out int start, out int end, out Reading reading)
    {
        var text = slice.Text;
        (start, end, reading) = (text.Length, text.Length, Reading.Token);
        while (search < text.Length)
        {
            var hop = text[search..].IndexOfAny(beginnings);
            if (hop < 0) break;
            start = search + hop;
            var token = Longest(text, start, out end);
            search = token is null ? start + 1 : end;
            if (token is null || token.SingleWord && !StandsAlone(text, start, end)) continue;
            reading = Read(slice, token, start, end, admits);
            if (reading == Reading.Text) continue;
            if (reading == Reading.TextApart) return token;
            if (token.StripLeft) start = Math.Max(done, text[..start].TrimEnd().Length);
            if (token.StripRight) end = text.Length - text[end..].TrimStart().Length;
            return token;
        }
        search = text.Length;
        return null;
    }

    static Reading Read(TextSlice slice, AddedToken token, int start, int end, TokenAdmission? admits) => admits is null ? Reading.Token
        : (slice.Tracked ? admits(token, slice.Starts[start], slice.Ends[end - 1]) : admits(token, start, end));

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
        (start == 0 || !IsWord(CodePoints.Before(text, start))) && (end == text.Length || !IsWord(CodePoints.At(text, end)));

    // The regex crate's \w, which includes the zero-width joiners.
    static bool IsWord(int codePoint) => CodePointKinds.IsWord(codePoint) || codePoint is 0x200C or 0x200D;

    sealed class Node
    {
        public Dictionary<char, Node> Next { get; } = [];

        public AddedToken? Token { get; set; }
    }
}
