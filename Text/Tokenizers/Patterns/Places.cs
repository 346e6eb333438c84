// The places in a text that a pattern can ask for without taking anything: line ends, text ends, edges of words.
namespace Majlis.Text.Tokenizers.Patterns;

static class Places
{
    public static bool Holds(Place place, ReadOnlySpan<char> text, int position) => place switch
    {
        Place.LineStart => position == 0 || text[position - 1] == '\n' && position < text.Length,
        Place.LineEnd => position == text.Length || text[position] == '\n',
        Place.TextStart => position == 0,
        Place.TextEnd => position == text.Length,
        Place.TextEndOrLastBreak => position == text.Length || position == text.Length - 1 && text[position] == '\n',
        Place.WordEdge => IsEdge(text, position),
        _ => !IsEdge(text, position),
    };

    static bool IsEdge(ReadOnlySpan<char> text, int position)
    {
        var before = position > 0 && RuneKinds.IsWord(Runes.Before(text, position));
        var after = position < text.Length && RuneKinds.IsWord(Runes.At(text, position));
        return before != after;
    }
}
