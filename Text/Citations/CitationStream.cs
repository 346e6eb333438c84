// A generated text on its way out: the marks of citations are taken out of it, and what they say is kept. The boundaries of the pieces make
// no difference. Knows no tokens, no documents and no stop strings.
using System.Collections.Immutable;
using System.Text;

namespace Majlis.Text.Citations;

/// <summary>
/// One answer's text. Only what may become a mark is held back. A mark that pairs with no other is taken out and cites nothing, and so is
/// one whose list cannot be read. A mark that the end cuts off is text, as in Cohere's own parser; but a closing one of an open span is
/// dropped, since its opening is already gone.
/// </summary>
public sealed class CitationStream
{
    readonly CitationMark mark = new();
    readonly List<Citation> citations = [];
    // Every mark: its first and last unit as read, and the units of marks before it.
    readonly List<(long Start, long End, long Before)> marks = [];
    // Open spans, the inner ones last: where each begins in `spans` and in the text's code points.
    readonly Stack<(int At, int Start)> open = new();
    readonly StringBuilder spans = new();
    long read;
    int points;

    /// <summary>The citations whose closing mark has been read, in that order.</summary>
    public IReadOnlyList<Citation> Citations => citations;

    /// <summary>How much of what was read is known to be text or mark, in UTF-16 units; the rest is held back.</summary>
    public long Decided => read - mark.Length;

    /// <summary>Whether a special token of this spelling must be decoded, because it belongs to a mark.</summary>
    public static bool IsMarkToken(string token) => CitationMark.IsBegunBy(token);

    /// <summary>Reads a piece and returns the text without marks that became certain.</summary>
    public string Push(string piece)
    {
        var text = new StringBuilder(piece.Length);
        foreach (var next in piece)
        {
            if (BeginsAnswer(next))
            {
                read++;
                marks[^1] = marks[^1] with { End = read };
                continue;
            }
            if (!mark.Takes(next))
            {
                Give(mark.Release(), text);
                if (!mark.Takes(next)) Give([next], text);
            }
            read++;
            if (mark.IsWhole) Apply();
        }
        return text.ToString();
    }

    /// <summary>The text that was held back, when the answer ends.</summary>
    public string Flush()
    {
        var text = new StringBuilder();
        if (open.Count > 0 && mark.Closes) Remove();
        else Give(mark.Release(), text);
        return text.ToString();
    }

    /// <summary>How much text the first units gave. They must be decided.</summary>
    public long TextLength(long units)
    {
        var last = marks.Count - 1;
        while (last >= 0 && marks[last].Start >= units) last--;
        if (last < 0) return units;
        var (start, end, before) = marks[last];
        return Math.Max(start, units - (end - start)) - before;
    }

    // A model may write the space before a span inside its mark. Where the span begins the answer, nothing stands before it.
    bool BeginsAnswer(char next) => points == 0 && open.Count > 0 && mark.Length == 0 && char.IsWhiteSpace(next);

    void Give(ReadOnlySpan<char> given, StringBuilder text)
    {
        text.Append(given);
        foreach (var unit in given) if (!char.IsLowSurrogate(unit)) points++;
        if (open.Count > 0) spans.Append(given);
    }

    void Apply()
    {
        if (!mark.Closes) open.Push((spans.Length, points));
        else if (open.TryPop(out var begun)) Cite(begun.At, begun.Start);
        if (open.Count == 0) spans.Clear();
        Remove();
    }

    void Cite(int at, int start)
    {
        var passages = mark.Passages();
        var span = spans.ToString(at, spans.Length - at);
        var cited = span.Trim();
        if (passages.Length == 0 || cited.Length == 0) return;
        // White space around what is cited is text like any other; each is one code point.
        var (before, after) = (span.Length - span.TrimStart().Length, span.Length - span.TrimEnd().Length);
        citations.Add(new(start + before, points - after, cited, passages));
    }

    void Remove()
    {
        var before = marks.Count == 0 ? 0 : marks[^1].Before + marks[^1].End - marks[^1].Start;
        marks.Add((Decided, read, before));
        mark.Release();
    }
}
