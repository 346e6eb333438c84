// Which columns of a tile of scores a row attends to, and the scores' scale. Positions only.
namespace Majlis.Torch;

/// <summary>
/// A tile of consecutive queries from position <see cref="FirstQuery"/> on and consecutive keys from <see cref="FirstKey"/> on. The rows of
/// scores are the queries, repeated for each head.
/// </summary>
/// <param name="Queries">Queries per head.</param>
/// <param name="Window">w: a query attends to w keys, the last of them its own.</param>
/// <param name="IsCausal">False: every query attends to every key.</param>
readonly record struct TileView(int Queries, int FirstQuery, int FirstKey, int? Window, bool IsCausal, float Scale)
{
    /// <summary>The columns From .. To - 1 of <paramref name="columns"/> that a row attends to; none where both are equal.</summary>
    public (int From, int To) Seen(long row, int columns)
    {
        if (!IsCausal) return (0, columns);
        var own = FirstQuery + (int)(row % Queries) - FirstKey;
        var to = Math.Clamp(own + 1, 0, columns);
        return (Window is { } window ? Math.Clamp(own - window + 1, 0, to) : 0, to);
    }
}
