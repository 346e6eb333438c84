// A vote's weight: voter integrity x inverse propensity x staleness. Each doubt lowers it and is counted by name.
// Knows neither pairs nor voters' shares.
using System.Collections.Immutable;
using Majlis.Feedback.Votes;

namespace Majlis.Feedback.Pairs;

/// <summary>Why a vote weighs less.</summary>
public enum Doubt
{
    /// <summary>The voter knew which model was which.</summary>
    RevealedBeforeVote,

    /// <summary>This voter had judged the same prompt before.</summary>
    DuplicatePrompt,

    /// <summary>More votes within a minute than a person can cast.</summary>
    TooManyAMinute,

    /// <summary>The answers cannot have been read in the time taken.</summary>
    TooFast,

    /// <summary>The voter disagrees with the others by more than chance explains.</summary>
    Outlier,
}

sealed class VoteWeights(IReadOnlyList<StoredVote> votes, PairOptions options)
{
    readonly HashSet<string> outliers = Outliers.Among(votes, options.OutlierLevel);
    readonly Counter<Doubt> doubts = new();

    public ImmutableSortedDictionary<Doubt, int> Doubts => doubts.Counts;

    public double Of(StoredVote vote)
    {
        var weight = Math.Min(1 / vote.Battle.Propensity, options.MostInversePropensity) * (options.Staleness?.Invoke(vote) ?? 1);
        foreach (var doubt in DoubtsAbout(vote))
        {
            doubts.Add(doubt);
            weight *= options.DoubtFactor;
        }
        return weight;
    }

    IEnumerable<Doubt> DoubtsAbout(StoredVote stored)
    {
        var (vote, marks) = (stored.Vote, stored.Marks);
        if (vote.RevealedBeforeVote) yield return Doubt.RevealedBeforeVote;
        if (marks.DuplicatePrompt) yield return Doubt.DuplicatePrompt;
        if (outliers.Contains(stored.Source)) yield return Doubt.Outlier;
        if (vote.VoterKind != VoterKinds.Person) yield break; // A script or a judge is fast by nature.
        if (marks.VotesThisMinute > options.VotesPerMinute) yield return Doubt.TooManyAMinute;
        if (vote.DwellMs < options.LeastDwellMs) yield return Doubt.TooFast;
    }
}
