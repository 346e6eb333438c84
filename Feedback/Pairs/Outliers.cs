// Finds voters whose votes differ from the others' by more than chance explains. Knows no weights.
using Majlis.Feedback.Ratings;
using Majlis.Feedback.Votes;

namespace Majlis.Feedback.Pairs;

static class Outliers
{
    /// <param name="level">Probability at which an honest voter may be among them.</param>
    public static HashSet<string> Among(IReadOnlyList<StoredVote> votes, double level)
    {
        var byVoter = new Dictionary<string, List<RatedMatch>>();
        foreach (var vote in votes)
        {
            if (RatedMatch.Of(vote) is not { } match) continue;
            if (!byVoter.TryGetValue(vote.Source, out var own)) byVoter[vote.Source] = own = [];
            own.Add(Ordered(match));
        }
        var all = byVoter.Values.SelectMany(own => own).GroupBy(Pair).ToDictionary(pair => pair.Key, History);
        return [.. byVoter.Where(voter => IsOutlier(voter.Value, all, level)).Select(voter => voter.Key)];
    }

    // Each vote is compared with all other voters' votes on the same two versions; the voter's own would hide the difference.
    static bool IsOutlier(List<RatedMatch> own, Dictionary<(string, string), PairHistory> all, double level)
    {
        var mine = own.GroupBy(Pair).ToDictionary(pair => pair.Key, History);
        var evidence = new VoterEvidence();
        foreach (var match in own)
        {
            var (total, self) = (all[Pair(match)], mine[Pair(match)]);
            evidence.Add(new PairHistory(total.Wins - self.Wins, total.Ties - self.Ties, total.Losses - self.Losses), match.Outcome);
            if (evidence.Exceeds(level)) return true;
        }
        return false;
    }

    static PairHistory History(IEnumerable<RatedMatch> matches) => matches.Aggregate(default(PairHistory), With);

    static PairHistory With(PairHistory history, RatedMatch match) => match.Outcome switch
    {
        1 => history with { Wins = history.Wins + 1 },
        0 => history with { Losses = history.Losses + 1 },
        _ => history with { Ties = history.Ties + 1 },
    };

    static RatedMatch Ordered(RatedMatch match) => string.CompareOrdinal(match.A, match.B) < 0 ? match
        : match with { A = match.B, B = match.A, Outcome = 1 - match.Outcome };

    static (string, string) Pair(RatedMatch match) => (match.A, match.B);
}
