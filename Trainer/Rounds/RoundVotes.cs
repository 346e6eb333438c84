// From votes to a round's pairs: votes on this model's answers, short enough to train on, split among experts; and whether they are
// enough. Counts by reason what is left out. Pure; knows no store and no catalogue.
using System.Collections.Immutable;
using Majlis.Evaluation;
using Majlis.Feedback.Pairs;
using Majlis.Feedback.Votes;

namespace Majlis.Trainer.Rounds;

public static class RoundVotes
{
    /// <summary>
    /// Both sides must come from weights of this catalogue and hold tokens of its vocabulary: another model's tokens mean other words.
    /// </summary>
    public const string OtherModel = "OtherModel";

    /// <param name="after">Number after which the votes begin.</param>
    /// <param name="votes">All votes after it.</param>
    /// <param name="known">Hashes and ids of the weights whose answers count.</param>
    /// <param name="vocabulary">Their number of tokens.</param>
    /// <param name="options">The round's options.</param>
    public static RoundPairs Pairs(long after, IReadOnlyList<StoredVote> votes, IReadOnlySet<string> known, int vocabulary,
        RoundOptions options)
    {
        var wanted = new PairOptions
        {
            HeldOutPercent = options.HeldOutPercent,
            Seed = options.Seed,
            MaxLength = options.MaxLength,
            UsesBothBad = options.IsUnpaired,
        };
        var own = votes.Where(vote => IsOwn(vote.Battle.A) && IsOwn(vote.Battle.B)).ToArray();
        var set = PreferencePairs.Build(own, wanted);
        var excluded = set.Excluded.Select(entry => (Reason: entry.Key.ToString(), Count: entry.Value))
            .Append((OtherModel, votes.Count - own.Length)).Where(entry => entry.Item2 > 0);
        return new RoundPairs(after, votes.Count == 0 ? after : votes[^1].Number, votes.Count, set.Training, set.HeldOut,
            excluded.ToImmutableSortedDictionary(entry => entry.Item1, entry => entry.Item2),
            ExpertSplit.WithBad(ExpertSplit.Of(set.Training, options.Experts, options.LeastPairs), set.Bad, options.Experts))
        {
            Bad = set.Bad,
            Doubts = [.. Doubts(set, wanted)],
        };

        bool IsOwn(BattleSide side) => known.Contains(side.Version) && AreIts(side.PromptTokens) && AreIts(side.CompletionTokens);
        bool AreIts(int[] tokens) => !tokens.AsSpan().ContainsAnyExceptInRange(0, vocabulary - 1);
    }

    static IEnumerable<string> Doubts(PairSet set, PairOptions options)
    {
        if (set.Doubts.Count > 0)
            yield return $"weighing less: {string.Join(", ", set.Doubts.Select(entry => $"{entry.Key} {entry.Value}"))}";
        if (!set.EnoughVoters)
            yield return $"the pairs come from {set.Voters} voters; with fewer than {options.LeastVoters} the result follows single tastes";
        if (!set.ShareCapHolds)
            yield return FormattableString.Invariant(
                $"with {set.Voters} voters the share of one cannot stay below {options.VoterShare:P0}");
    }

    /// <summary>
    /// Too few votes for a verdict cost no training. The gate counts voters, and prompts, each of which may have many held-out pairs;
    /// the number of votes still needed counts the same way.
    /// </summary>
    public static RoundOutcome? TooFew(RoundPairs pairs, RoundOptions options)
    {
        var policy = GatePolicy.Find(options.Policy)!;
        var voters = pairs.HeldOut.Select(pair => pair.Voter).Distinct().Count();
        var prompts = pairs.HeldOut.Select(pair => pair.PromptHash).Distinct().Count();
        var pairsOfPrompt = prompts == 0 ? 1 : (double)pairs.HeldOut.Length / prompts;
        var missing = Math.Max((policy.LeastItems - prompts) * pairsOfPrompt, policy.LeastVoters - voters);
        if (pairs.Training.Length >= options.LeastPairs && missing <= 0) return null;
        var needed = (int)Math.Ceiling(Math.Max(missing * 100 / options.HeldOutPercent, options.LeastPairs - pairs.Training.Length));
        return RoundOutcome.Unjudged(GateDecision.NotEnoughEvidence, needed, pairs.Through,
            [$"{pairs.Votes} votes gave {pairs.Training.Length} pairs and {pairs.HeldOut.Length} held-out ones on {prompts} prompts " +
                $"of {voters} voters{LeftOut(pairs)}; {policy}"]);
    }

    public static string LeftOut(RoundPairs pairs) => pairs.Excluded.Count == 0 ? ""
        : $" (left out: {string.Join(", ", pairs.Excluded.Select(entry => $"{entry.Key} {entry.Value}"))})";
}
