// Who counts as one voter. Anyone can drop a cookie and get another, so cookies do not count people: cookies given to one address
// shortly after each other are one source until they are old enough to count by themselves. Knows no weights.
using Majlis.Feedback.Votes;

namespace Majlis.Feedback.Pairs;

static class VoterSources
{
    static readonly TimeSpan minute = TimeSpan.FromMinutes(1);

    /// <summary>The same votes in the same order; votes of one source share one name and the marks of all its votes.</summary>
    public static List<StoredVote> Named(IEnumerable<StoredVote> votes, PairOptions options)
    {
        var all = votes.ToList();
        var fresh = all.Where(vote => vote.Vote is { Address: not null, CookieAge: { } age } && age < options.FreshCookie).ToList();
        var sources = Sources(fresh, options.SameSourceGap);
        var shared = fresh.Where(vote => sources.ContainsKey(vote.Vote.Voter))
            .Select(vote => vote with { Source = sources[vote.Vote.Voter] });
        var named = Marked(shared).ToDictionary(vote => vote.Number);
        return all.ConvertAll(vote => named.GetValueOrDefault(vote.Number, vote));
    }

    /// <summary>Maps each voter that shares a source to the source's name, which is one of its voters.</summary>
    static Dictionary<string, string> Sources(List<StoredVote> fresh, TimeSpan gap)
    {
        var parents = new Dictionary<string, string>();
        // In ticks, since a date does not go below the year 1.
        var cookies = fresh
            .Select(vote => (Address: vote.Vote.Address!, Given: vote.At.UtcTicks - vote.Vote.CookieAge!.Value.Ticks, vote.Vote.Voter))
            .DistinctBy(cookie => (cookie.Address, cookie.Voter)).Order().ToList();
        for (var i = 1; i < cookies.Count; i++)
        {
            var (earlier, later) = (cookies[i - 1], cookies[i]);
            if (earlier.Address != later.Address || later.Given - earlier.Given > gap.Ticks) continue;
            var (one, other) = (Root(earlier.Voter), Root(later.Voter));
            parents[other] = one;
            parents[one] = one;
        }
        return parents.Keys.ToDictionary(voter => voter, Root);

        string Root(string voter)
        {
            while (parents.TryGetValue(voter, out var parent) && parent != voter) voter = parent;
            return voter;
        }
    }

    // Redoes for the whole source what the store notes for each cookie as its vote comes in.
    static IEnumerable<StoredVote> Marked(IEnumerable<StoredVote> votes)
    {
        foreach (var source in votes.GroupBy(vote => vote.Source))
        {
            var (times, prompts) = (new Queue<DateTimeOffset>(), new HashSet<string>());
            foreach (var vote in source.OrderBy(vote => vote.At).ThenBy(vote => vote.Number))
            {
                while (times.TryPeek(out var first) && vote.At - first >= minute) times.Dequeue();
                times.Enqueue(vote.At);
                var isNew = prompts.Add(vote.Battle.PromptHash);
                yield return vote with
                {
                    Marks = new GateMarks(Math.Max(vote.Marks.VotesThisMinute, times.Count), vote.Marks.DuplicatePrompt || !isNew),
                };
            }
        }
    }
}
