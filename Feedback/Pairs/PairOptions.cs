// What turns votes into weighed pairs. Knows no votes.
using System.Collections.Immutable;
using Majlis.Feedback.Votes;

namespace Majlis.Feedback.Pairs;

public sealed record PairOptions
{
    /// <summary>Percentage of prompts kept for judging, 0 to 100. Default: 10.</summary>
    public double HeldOutPercent { get; init; } = 10;

    /// <summary>Draws which prompts are kept; the same seed keeps the same ones for ever. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>Token edits over the longer length at or below which two answers count as the same. Default: 0.05.</summary>
    public double NearIdentical { get; init; } = 0.05;

    /// <summary>
    /// Tokens of prompt and answer that are trained on, the start is kept; null means all. Sides are compared by what is left of them, and a
    /// prompt that leaves nothing makes no pair. Held-out pairs are judged whole.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>The most of the training weight that one voter may hold, in (0, 1]; 1 sets no cap. Default: 0.05.</summary>
    public double VoterShare { get; init; } = 0.05;

    /// <summary>The least number of voters that make <see cref="PairSet.EnoughVoters"/> true. Default: 3.</summary>
    public int LeastVoters { get; init; } = 3;

    /// <summary>Age from which a cookie counts as a voter of its own whatever its address. Default: a day.</summary>
    public TimeSpan FreshCookie { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Fresh cookies given out to one address within this time of the one before are one source. Default: an hour.</summary>
    public TimeSpan SameSourceGap { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Votes a minute beyond which a person's vote is doubted. Default: 20.</summary>
    public int VotesPerMinute { get; init; } = 20;

    /// <summary>Milliseconds below which a person cannot have read both answers. Default: 1000.</summary>
    public long LeastDwellMs { get; init; } = 1000;

    /// <summary>The chance at which an honest voter may be doubted for voting unlike the others. Default: 0.01.</summary>
    public double OutlierLevel { get; init; } = 0.01;

    /// <summary>Factor upon the weight for each doubt. Default: one half.</summary>
    public double DoubtFactor { get; init; } = 0.5;

    /// <summary>Upper bound of the inverse propensity. Default: 10.</summary>
    public double MostInversePropensity { get; init; } = 10;

    /// <summary>Factor in (0, 1] for how far the weights that answered are from those to be trained; null means 1 for all.</summary>
    public Func<StoredVote, double>? Staleness { get; init; }

    /// <summary>Names that betray a model, besides the well-known ones.</summary>
    public ImmutableArray<string> OwnNames { get; init; } = [];
}
