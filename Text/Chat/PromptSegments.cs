// A rendered prompt with cuts in it, as tokens: what would reach across a cut as a control token is read as plain text.
using System.Text;
using Majlis.Text.Jinja;

namespace Majlis.Text.Chat;

/// <summary>A token of a prompt and the code points of the text that it stands for.</summary>
readonly record struct PromptToken(int Id, int Start, int End);

/// <summary>One prompt. Positions are code points, but for <c>cuts</c>.</summary>
sealed class PromptSegments
{
    readonly PromptGuard guard;
    readonly string text;

    // Code points before each mark, the marks themselves counted.
    readonly List<int> marked = [];

    // Where each mark stood: UTF-16 units of the text without marks.
    readonly List<int> cuts = [];

    public PromptSegments(PromptGuard guard, string rendered)
    {
        this.guard = guard;
        var result = new StringBuilder(rendered.Length);
        var position = 0;
        foreach (var rune in rendered.EnumerateRunes())
        {
            if (rune.Value == ForgeryMark.Character)
            {
                marked.Add(position);
                cuts.Add(result.Length);
            }
            else
                result.Append(rune);
            position++;
        }
        text = result.ToString();
    }

    /// <summary>A stretch of the rendered text as a stretch of the text without marks.</summary>
    public TextSpan WithoutMarks(TextSpan span) => new(span.Start - Before(span.Start), span.End - Before(span.End));

    int Before(int position) => marked.BinarySearch(position) is var at && at < 0 ? ~at : at;

    /// <summary>All tokens; once there are more than <paramref name="most"/>, those found so far.</summary>
    public List<PromptToken> Encode(int most = int.MaxValue)
    {
        var encoded = guard.Tokenizer.EncodeAround(text, guard.ControlIds, cuts, most);
        return [.. encoded.Ids.Zip(encoded.Offsets, (id, offset) => new PromptToken(id, offset.Start, offset.End))];
    }
}
