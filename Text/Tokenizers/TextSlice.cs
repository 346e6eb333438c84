// A slice of text during encoding: UTF-16 units, and the origin of each in the original text if offsets are wanted.
// Knows nothing of tokens. Starts and Ends are empty if offsets are not wanted.
namespace Majlis.Text.Tokenizers;

/// <summary>Text; unit i comes from the original range Starts[i] .. Ends[i] (UTF-16 units, end exclusive).</summary>
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
