// Turns votes into weighted pairs and counts by reason what gives no pair. Does not know where votes are kept.
using System.Collections.Immutable;
using Majlis.Feedback.Votes;

namespace Majlis.Feedback.Pairs;

public static class PreferencePairs
{
    /// <summary>Builds pairs from votes in any order; the result keeps their order.</summary>
    public static PairSet Build(IEnumerable<StoredVote> votes, PairOptions? options = null)
    {
        options ??= new PairOptions();
        var all = VoterSources.Named(votes, options);
        var weights = new VoteWeights(all, options);
        var leak = new IdentityLeak(options.OwnNames);
        var excluded = new Counter<Exclusion>();
        var pairs = new List<PreferencePair>();
        foreach (var vote in all)
        {
            var held = Keeps(vote.Battle.PromptHash);
            if (Excludes(vote, options with { MaxLength = held ? null : options.MaxLength }, leak) is not { } reason)
            {
                pairs.Add(Pair(vote, weights.Of(vote)));
                continue;
            }
            excluded.Add(reason);
        }
        var (training, holds) = Capped(pairs.Where(pair => !Keeps(pair.PromptHash)), options.VoterShare);
        var voters = training.Select(pair => pair.Voter).Distinct().Count();
        return new PairSet(training, [.. pairs.Where(pair => Keeps(pair.PromptHash))], excluded.Counts, weights.Doubts,
            voters, voters >= options.LeastVoters, holds);

        bool Keeps(string promptHash) => HeldOut.Keeps(promptHash, options.Seed, options.HeldOutPercent);
    }

    static Exclusion? Excludes(StoredVote stored, PairOptions options, IdentityLeak leak)
    {
        var (a, b) = (stored.Battle.A, stored.Battle.B);
        if (stored.Vote.Verdict == Verdict.Skip) return Exclusion.Skipped;
        if (stored.Vote.Verdict == Verdict.Tie) return Exclusion.Tie;
        if (stored.Vote.Verdict == Verdict.BothBad) return Exclusion.BothBad;
        if (Empty(a) || Empty(b)) return Exclusion.EmptyCompletion;
        if (!a.PromptTokens.AsSpan().SequenceEqual(b.PromptTokens)) return Exclusion.DifferentPrompts;
        var room = (options.MaxLength ?? int.MaxValue) - a.PromptTokens.Length;
        if (room <= 0) return Exclusion.PromptTooLong;
        if (NearIdentical.Are(Kept(a, room), Kept(b, room), options.NearIdentical)) return Exclusion.NearIdentical;
        return leak.In(a.Text) || leak.In(b.Text) ? Exclusion.IdentityLeak : null;
    }

    static ReadOnlySpan<int> Kept(BattleSide side, int room) =>
        side.CompletionTokens.AsSpan(0, Math.Min(side.CompletionTokens.Length, room));

    static bool Empty(BattleSide side) => side.CompletionTokens.Length == 0 || string.IsNullOrWhiteSpace(side.Text);

    static PreferencePair Pair(StoredVote stored, double weight)
    {
        var battle = stored.Battle;
        var (chosen, rejected) = stored.Vote.Verdict == Verdict.A ? (battle.A, battle.B) : (battle.B, battle.A);
        return new PreferencePair(stored.Id, battle.PromptHash, battle.Language, stored.Vote.Tags, chosen.PromptTokens,
            chosen.CompletionTokens, rejected.CompletionTokens, weight, chosen.Version, stored.Source);
    }

    static (ImmutableArray<PreferencePair> Pairs, bool Holds) Capped(IEnumerable<PreferencePair> pairs, double share)
    {
        var all = pairs.ToList();
        var totals = all.GroupBy(pair => pair.Voter).ToDictionary(voter => voter.Key, voter => voter.Sum(pair => pair.Weight));
        var (factors, holds) = VoterShare.Factors(totals, share);
        return ([.. all.Select(pair => pair with { Weight = pair.Weight * factors[pair.Voter] })], holds);
    }
}
