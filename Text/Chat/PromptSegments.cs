// Encodes a rendered prompt that contains cuts: a control token's text that reaches across a cut is read as plain text.
using System.Text;
using Majlis.Text.Jinja;

namespace Majlis.Text.Chat;

/// <summary>A token of a prompt and its range of the text, in code points.</summary>
readonly record struct PromptToken(int Id, int Start, int End);

/// <summary>One prompt. Positions are code points, except <c>cuts</c>.</summary>
sealed class PromptSegments
{
    readonly PromptGuard guard;
    readonly string text;

    // Position of each mark in the rendered text, in code points; earlier marks count.
    readonly List<int> marked = [];

    // Position of each mark in the text without marks, in UTF-16 units.
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

    /// <summary>Converts a range of the rendered text to a range of the text without marks.</summary>
    public TextSpan WithoutMarks(TextSpan span) => new(span.Start - Before(span.Start), span.End - Before(span.End));

    int Before(int position) => marked.BinarySearch(position) is var at && at < 0 ? ~at : at;

    /// <summary>All tokens; stops when there are more than <paramref name="most"/>.</summary>
    public List<PromptToken> Encode(int most = int.MaxValue)
    {
        var encoded = guard.Tokenizer.EncodeAround(text, guard.ControlIds, cuts, most);
        return [.. encoded.Ids.Zip(encoded.Offsets, (id, offset) => new PromptToken(id, offset.Start, offset.End))];
    }
}
