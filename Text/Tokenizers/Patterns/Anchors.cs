// The zero-width anchors of a pattern: line ends, text ends, word boundaries.
namespace Majlis.Text.Tokenizers.Patterns;

static class Anchors
{
    public static bool Holds(Anchor anchor, ReadOnlySpan<char> text, int position) => anchor switch
    {
        Anchor.LineStart => position == 0 || text[position - 1] == '\n' && position < text.Length,
        Anchor.LineEnd => position == text.Length || text[position] == '\n',
        Anchor.TextStart => position == 0,
        Anchor.TextEnd => position == text.Length,
        Anchor.TextEndOrLastBreak => position == text.Length || position == text.Length - 1 && text[position] == '\n',
        Anchor.WordEdge => IsEdge(text, position),
        _ => !IsEdge(text, position),
    };

    static bool IsEdge(ReadOnlySpan<char> text, int position)
    {
        var before = position > 0 && CodePointKinds.IsWordAlone(CodePoints.Before(text, position));
        var after = position < text.Length && CodePointKinds.IsWordAlone(CodePoints.At(text, position));
        return before != after;
    }
}
