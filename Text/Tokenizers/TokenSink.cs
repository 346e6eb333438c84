// Where ids gather while a text is encoded, with the original range of each when offsets are wanted.
namespace Majlis.Text.Tokenizers;

sealed class TokenSink(bool tracked)
{
    public List<int> Ids { get; } = [];

    /// <summary>Original UTF-16 ranges, one a token; empty when offsets are not wanted.</summary>
    public List<(int Start, int End)> Ranges { get; } = [];

    public bool Tracked { get; } = tracked;

    /// <summary>Ids that the model must not make of any piece; null where all may come.</summary>
    public IReadOnlySet<int>? Refused { get; init; }

    /// <summary>As many tokens as are of use; one more and the encoding ends.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>To be called where no token will be taken back.</summary>
    /// <exception cref="TokenLimitException">There are more than <see cref="Most"/>.</exception>
    public void CheckCount()
    {
        if (Ids.Count > Most) throw new TokenLimitException();
    }

    /// <summary>Takes back all tokens from the one at <paramref name="count"/> on.</summary>
    public void Shorten(int count)
    {
        Ids.RemoveRange(count, Ids.Count - count);
        if (Tracked) Ranges.RemoveRange(count, Ranges.Count - count);
    }

    /// <summary>A token made of the units <paramref name="from"/> .. <paramref name="to"/> (exclusive) of a piece.</summary>
    public void Add(int id, TextSlice piece, int from, int to)
    {
        Ids.Add(id);
        if (Tracked) Ranges.Add(to > from ? (piece.Starts[from], piece.Ends[to - 1]) : (0, 0));
    }
}

/// <summary>A text has more tokens than are of use; those found so far are in the sink.</summary>
sealed class TokenLimitException : Exception;
