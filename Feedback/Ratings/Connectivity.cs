// Whether all competitors can be compared: each must reach every other by a chain of matches not lost. Otherwise the likelihood
// has no finite optimum, and a fit's numbers only show where it stopped. Knows no strengths.
namespace Majlis.Feedback.Ratings;

static class Connectivity
{
    /// <summary>Null where ratings exist; else the reason, with a group of competitors that stands apart.</summary>
    public static string? Refusal(MatchTable played)
    {
        if (played.Names.Length < 2) return "Fewer than two versions have met.";
        var notLost = played.Rows.SelectMany(NotLost).ToLookup(edge => edge.From, edge => edge.To);
        var lost = played.Rows.SelectMany(NotLost).ToLookup(edge => edge.To, edge => edge.From);
        var above = Reached(notLost, played.Names.Length);
        var below = Reached(lost, played.Names.Length);
        var apart = Enumerable.Range(0, played.Names.Length).Where(i => !above[i] || !below[i]).Select(i => played.Names[i]).ToList();
        return apart.Count == 0 ? null
            : $"No finite ratings exist: between {played.Names[0]} and {string.Join(", ", apart)} no chain of wins or ties leads both "
            + "ways; more votes are needed.";
    }

    static IEnumerable<(int From, int To)> NotLost(MatchRow row)
    {
        if (row.Outcome > 0) yield return (row.A, row.B);
        if (row.Outcome < 1) yield return (row.B, row.A);
    }

    static bool[] Reached(ILookup<int, int> edges, int count)
    {
        var reached = new bool[count];
        var waiting = new Stack<int>([0]);
        while (waiting.TryPop(out var at))
        {
            if (reached[at]) continue;
            reached[at] = true;
            foreach (var next in edges[at]) waiting.Push(next);
        }
        return reached;
    }
}
