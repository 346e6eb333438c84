// Which columns of a tile of scores a row sees, and what scores are multiplied by. Positions only.
namespace Majlis.Torch;

/// <summary>
/// A tile of consecutive queries from position <see cref="FirstQuery"/> on and consecutive keys from <see cref="FirstKey"/> on. Rows of
/// scores are the queries, over and over again (a head after the other).
/// </summary>
/// <param name="Queries">Queries of one head.</param>
/// <param name="Window">w: a query sees w keys, its own the last.</param>
/// <param name="IsCausal">False: every query sees every key.</param>
readonly record struct TileView(int Queries, int FirstQuery, int FirstKey, int? Window, bool IsCausal, float Scale)
{
    /// <summary>The columns From .. To - 1 of <paramref name="columns"/> that a row sees; none where both are equal.</summary>
    public (int From, int To) Seen(long row, int columns)
    {
        if (!IsCausal) return (0, columns);
        var own = FirstQuery + (int)(row % Queries) - FirstKey;
        var to = Math.Clamp(own + 1, 0, columns);
        return (Window is { } window ? Math.Clamp(own - window + 1, 0, to) : 0, to);
    }
}
