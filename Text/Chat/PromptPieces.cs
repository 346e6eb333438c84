// A rendered prompt with cuts in it, as tokens: what would reach across a cut as a control token is read as plain text.
using System.Text;
using Majlis.Text.Jinja;

namespace Majlis.Text.Chat;

/// <summary>A token of a prompt and the code points of the text that it stands for.</summary>
readonly record struct PromptPiece(int Id, int Start, int End);

/// <summary>One prompt. Positions are code points.</summary>
sealed class PromptPieces
{
    readonly PromptGuard guard;
    readonly string text;

    // Code points before each mark: marked counts the marks themselves, plain does not.
    readonly List<int> marked = [];
    readonly List<int> plain = [];

    public PromptPieces(PromptGuard guard, string rendered)
    {
        this.guard = guard;
        var result = new StringBuilder(rendered.Length);
        var position = 0;
        foreach (var rune in rendered.EnumerateRunes())
        {
            if (rune.Value == Cut.Mark)
            {
                marked.Add(position + plain.Count);
                plain.Add(position);
            }
            else
            {
                result.Append(rune);
                position++;
            }
        }
        text = result.ToString();
    }

    /// <summary>A stretch of the rendered text as a stretch of the text without marks.</summary>
    public TextSpan WithoutMarks(TextSpan span) => new(span.Start - Before(span.Start), span.End - Before(span.End));

    int Before(int position) => marked.BinarySearch(position) is var at && at < 0 ? ~at : at;

    public List<PromptPiece> Encode()
    {
        var pieces = new List<PromptPiece>();
        Encode(text, 0, pieces);
        return pieces;
    }

    void Encode(string part, int start, List<PromptPiece> pieces)
    {
        if (part.Length == 0) return;
        var encoded = guard.Tokenizer.EncodeWithOffsets(part, addSpecialTokens: false);
        var forged = Enumerable.Range(0, encoded.Ids.Length).Where(i => IsForged(encoded.Ids[i], encoded.Offsets[i], start))
            .Select(i => encoded.Offsets[i]).ToList();
        if (forged.Count == 0)
        {
            for (var i = 0; i < encoded.Ids.Length; i++)
                pieces.Add(new PromptPiece(encoded.Ids[i], encoded.Offsets[i].Start + start, encoded.Offsets[i].End + start));
            return;
        }
        // Both counted onwards from the last cut: whoever counts from the beginning each time takes hours for a text of such names.
        var (done, at) = (0, 0);
        foreach (var (from, to) in forged)
        {
            var begin = Ahead(part, at, from - done);
            var end = Ahead(part, begin, to - from);
            Encode(part[at..begin], start + done, pieces);
            pieces.AddRange(AsText(part[begin..end]).Select(id => new PromptPiece(id, start + from, start + to)));
            (done, at) = (to, end);
        }
        Encode(part[at..], start + done, pieces);
    }

    // A unigram model may find the token in its own vocabulary, so what comes out is looked at and the text cut up until it is clean.
    IEnumerable<int> AsText(string token)
    {
        var ids = guard.Tokenizer.EncodeWithout(token, guard.ControlIds);
        var first = Ahead(token, 0, 1);
        if (first >= token.Length || !ids.Any(guard.ControlIds.Contains)) return ids;
        return AsText(token[..first]).Concat(AsText(token[first..]));
    }

    bool IsForged(int id, (int Start, int End) offsets, int start)
    {
        if (!guard.ControlIds.Contains(id)) return false;
        var at = plain.BinarySearch(start + offsets.Start + 1);
        if (at < 0) at = ~at;
        return at < plain.Count && plain[at] < start + offsets.End;
    }

    /// <summary>The place so many code points behind <paramref name="at"/>, which is a place between two of them.</summary>
    static int Ahead(string part, int at, int points)
    {
        for (; points > 0; points--) at += char.IsHighSurrogate(part[at]) ? 2 : 1;
        return at;
    }
}
