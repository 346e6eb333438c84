// Matches with names numbered and equal matches added up. Knows no model of strength.
namespace Majlis.Feedback.Ratings;

readonly record struct MatchRow(int A, int B, double Outcome, double Count);

sealed class MatchTable
{
    readonly Dictionary<(int, int), double> pairs = [];

    MatchTable(string[] names, MatchRow[] rows)
    {
        Names = names;
        Rows = rows;
        foreach (var row in rows) pairs[Pair(row)] = pairs.GetValueOrDefault(Pair(row)) + row.Count;
    }

    /// <summary>In ordinal order.</summary>
    public string[] Names { get; }

    public MatchRow[] Rows { get; }

    /// <summary>How often the two competitors of a row met, in either order.</summary>
    public double PairCount(MatchRow row) => pairs[Pair(row)];

    public static MatchTable Of(IEnumerable<RatedMatch> matches)
    {
        var all = matches.ToList();
        var names = all.SelectMany(match => new[] { match.A, match.B }).Distinct().Order(StringComparer.Ordinal).ToArray();
        var number = names.Select((name, i) => (name, i)).ToDictionary(item => item.name, item => item.i);
        var rows = all.GroupBy(match => (A: number[match.A], B: number[match.B], match.Outcome)).OrderBy(group => group.Key)
            .Select(group => new MatchRow(group.Key.A, group.Key.B, group.Key.Outcome, group.Sum(match => match.Count)));
        return new MatchTable(names, [.. rows]);
    }

    static (int, int) Pair(MatchRow row) => (Math.Min(row.A, row.B), Math.Max(row.A, row.B));
}
