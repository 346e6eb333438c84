// Collects the ids of a text during encoding, with the original range of each if offsets are wanted.
namespace Majlis.Text.Tokenizers;

sealed class TokenSink(bool tracked)
{
    public List<int> Ids { get; } = [];

    /// <summary>Original UTF-16 ranges, one a token; empty if offsets are not wanted.</summary>
    public List<(int Start, int End)> Ranges { get; } = [];

    public bool Tracked { get; } = tracked;

    /// <summary>Ids that the model must not produce; null if it may produce all.</summary>
    public IReadOnlySet<int>? Refused { get; init; }

    /// <summary>The most tokens that the caller needs; the encoding ends after one more.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>Checks the limit. Call it only when no token will be removed again.</summary>
    /// <exception cref="TokenLimitException">There are more than <see cref="Most"/>.</exception>
    public void CheckCount()
    {
        if (Ids.Count > Most) throw new TokenLimitException();
    }

    /// <summary>Removes all tokens from index <paramref name="count"/> on.</summary>
    public void Shorten(int count)
    {
        Ids.RemoveRange(count, Ids.Count - count);
        if (Tracked) Ranges.RemoveRange(count, Ranges.Count - count);
    }

    /// <summary>Adds a token made of the units <paramref name="from"/> .. <paramref name="to"/> (exclusive) of a slice.</summary>
    public void Add(int id, TextSlice slice, int from, int to)
    {
        Ids.Add(id);
        if (Tracked) Ranges.Add(to > from ? (slice.Starts[from], slice.Ends[to - 1]) : (0, 0));
    }
}

/// <summary>A text has more tokens than the caller needs; those found so far are in the sink.</summary>
sealed class TokenLimitException : Exception;
