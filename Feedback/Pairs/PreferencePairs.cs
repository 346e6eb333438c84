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
        var bad = new List<BadAnswer>();
        foreach (var vote in all)
        {
            var held = Keeps(vote.Battle.PromptHash);
            if (Excludes(vote, options with { MaxLength = held ? null : options.MaxLength }, leak) is not { } reason)
            {
                pairs.Add(Pair(vote, weights.Of(vote)));
                continue;
            }
            if (reason != Exclusion.BothBad || !options.UsesBothBad || held) excluded.Add(reason);
            else if ((Worthless(vote.Battle, options) ?? Leaks(vote.Battle, leak)) is { } fault) excluded.Add(fault);
            else bad.AddRange(Bad(vote, weights.Of(vote)));
        }
        var own = pairs.Where(pair => !Keeps(pair.PromptHash)).ToArray();
        var (factors, holds) = VoterFactors(own, bad, options.VoterShare);
        ImmutableArray<PreferencePair> training = [.. own.Select(pair => pair with { Weight = pair.Weight * factors[pair.Voter] })];
        var voters = own.Select(pair => pair.Voter).Concat(bad.Select(answer => answer.Voter)).Distinct().Count();
        return new PairSet(training, [.. pairs.Where(pair => Keeps(pair.PromptHash))], excluded.Counts, weights.Doubts,
            voters, voters >= options.LeastVoters, holds)
        {
            Bad = [.. bad.Select(answer => answer with { Weight = answer.Weight * factors[answer.Voter] })],
        };

        bool Keeps(string promptHash) => HeldOut.Keeps(promptHash, options.Seed, options.HeldOutPercent);
    }

    static Exclusion? Excludes(StoredVote stored, PairOptions options, IdentityLeak leak)
    {
        var (a, b) = (stored.Battle.A, stored.Battle.B);
        if (stored.Vote.Verdict == Verdict.Skip) return Exclusion.Skipped;
        if (stored.Vote.Verdict == Verdict.Tie) return Exclusion.Tie;
        if (stored.Vote.Verdict == Verdict.BothBad) return Exclusion.BothBad;
        var room = (options.MaxLength ?? int.MaxValue) - a.PromptTokens.Length;
        if (Worthless(stored.Battle, options) is { } reason) return reason;
        if (NearIdentical.Are(Kept(a, room), Kept(b, room), options.NearIdentical)) return Exclusion.NearIdentical;
        return Leaks(stored.Battle, leak);
    }

    static Exclusion? Leaks(Battle battle, IdentityLeak leak) =>
        leak.In(battle.A.Text) || leak.In(battle.B.Text) ? Exclusion.IdentityLeak : null;

    /// <summary>Why neither answer can be learnt from, whatever the vote says.</summary>
    static Exclusion? Worthless(Battle battle, PairOptions options)
    {
        var (a, b) = (battle.A, battle.B);
        if (Empty(a) || Empty(b)) return Exclusion.EmptyCompletion;
        if (!a.PromptTokens.AsSpan().SequenceEqual(b.PromptTokens)) return Exclusion.DifferentPrompts;
        return a.PromptTokens.Length >= (options.MaxLength ?? int.MaxValue) ? Exclusion.PromptTooLong : null;
    }

    static IEnumerable<BadAnswer> Bad(StoredVote stored, double weight)
    {
        var battle = stored.Battle;
        return new[] { (Name: "a", Answer: battle.A), (Name: "b", Answer: battle.B) }.Select(side => new BadAnswer(
            $"{stored.Id}/{side.Name}", battle.PromptHash, battle.Language, stored.Vote.Tags, side.Answer.PromptTokens,
            side.Answer.CompletionTokens, weight, side.Answer.Version, stored.Source));
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

    /// <summary>What caps each voter's share of all that is trained on; whether that is possible.</summary>
    static (IReadOnlyDictionary<string, double> Factors, bool Holds) VoterFactors(
        IEnumerable<PreferencePair> pairs, IEnumerable<BadAnswer> bad, double share)
    {
        var totals = pairs.Select(pair => (pair.Voter, pair.Weight)).Concat(bad.Select(answer => (answer.Voter, answer.Weight)))
            .GroupBy(weighed => weighed.Voter).ToDictionary(voter => voter.Key, voter => voter.Sum(weighed => weighed.Weight));
        var (factors, holds) = VoterShare.Factors(totals, share);
        return (factors, holds);
    }
}
