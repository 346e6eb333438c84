// A word during merging: its symbols in order, each a token id and the UTF-16 range it covers.
namespace Majlis.Text.Tokenizers.Models;

/// <summary>Three parallel lists in memory that the caller lends.</summary>
ref struct Symbols(Span<int> ids, Span<int> starts, Span<int> ends)
{
    public Span<int> Ids { get; } = ids;

    public Span<int> Starts { get; } = starts;

    public Span<int> Ends { get; } = ends;

    public int Count { get; set; }

    public void Add(int id, int start, int end)
    {
        (Ids[Count], Starts[Count], Ends[Count]) = (id, start, end);
        Count++;
    }

    public readonly CachedWord ToCached(ReadOnlySpan<char> text)
    {
        var bounds = new byte[Count * 2];
        for (var i = 0; i < Count; i++) (bounds[2 * i], bounds[2 * i + 1]) = ((byte)Starts[i], (byte)Ends[i]);
        return new CachedWord(text.ToString(), Ids[..Count].ToArray(), bounds);
    }
}
