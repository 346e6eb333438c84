// A stretch of text under way to tokens: UTF-16 units, and where each came from in the original when offsets are wanted.
// Knows nothing of tokens. Starts and Ends are empty when nobody asked for offsets.
namespace Majlis.Text.Tokenizers;

/// <summary>Text, and for each unit i the original range Starts[i] .. Ends[i] (UTF-16 units, end exclusive) it came from.</summary>
readonly ref struct TextSlice(ReadOnlySpan<char> text, ReadOnlySpan<int> starts, ReadOnlySpan<int> ends)
{
    public ReadOnlySpan<char> Text { get; } = text;

    public ReadOnlySpan<int> Starts { get; } = starts;

    public ReadOnlySpan<int> Ends { get; } = ends;

    public bool Tracked => !Starts.IsEmpty;

    public TextSlice Slice(int start, int length) => Tracked
        ? new TextSlice(Text.Slice(start, length), Starts.Slice(start, length), Ends.Slice(start, length))
        : new TextSlice(Text.Slice(start, length), [], []);
}
