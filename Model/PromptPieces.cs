// A rendered prompt with cuts in it, as tokens: what would reach across a cut as a control token is read as plain text.
using System.Text;
using Majlis.Model.Jinja;

namespace Majlis.Model;

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
        var done = 0;
        foreach (var (from, to) in forged)
        {
            Encode(Between(part, done, from), start + done, pieces);
            pieces.AddRange(AsText(Between(part, from, to)).Select(id => new PromptPiece(id, start + from, start + to)));
            done = to;
        }
        Encode(Between(part, done, int.MaxValue), start + done, pieces);
    }

    // A unigram model may find the token in its own vocabulary, so what comes out is looked at and the text cut up until it is clean.
    IEnumerable<int> AsText(string token)
    {
        var ids = guard.Tokenizer.EncodeWithout(token, guard.ControlIds);
        if (PythonText.Length(token) < 2 || !ids.Any(guard.ControlIds.Contains)) return ids;
        return AsText(Between(token, 0, 1)).Concat(AsText(Between(token, 1, int.MaxValue)));
    }

    bool IsForged(int id, (int Start, int End) offsets, int start)
    {
        if (!guard.ControlIds.Contains(id)) return false;
        var at = plain.BinarySearch(start + offsets.Start + 1);
        if (at < 0) at = ~at;
        return at < plain.Count && plain[at] < start + offsets.End;
    }

    static string Between(string part, int from, int to) => (string)Sequences.Slice(part, (long)from, (long)to, null)!;
}
