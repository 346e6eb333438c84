// The options that turn votes into weighted pairs. Knows no votes.
using System.Collections.Immutable;
using Majlis.Feedback.Votes;

namespace Majlis.Feedback.Pairs;

public sealed record PairOptions
{
    /// <summary>Percentage of prompts held out, 0 to 100. Default: 10.</summary>
    public double HeldOutPercent { get; init; } = 10;

    /// <summary>Seed of the held-out draw; the same seed always holds out the same prompts. Default: 0.</summary>
    public int Seed { get; init; }

    /// <summary>Edit distance over the longer length at or below which two answers count as the same. Default: 0.05.</summary>
    public double NearIdentical { get; init; } = 0.05;

    /// <summary>
    /// Tokens of prompt and answer to train on, counted from the start; null means all. Sides are compared after this cut, and
    /// a prompt that fills it makes no pair. Held-out pairs are not cut.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>Whether both answers of a both-bad vote are given as bad ones, instead of left out. Default: false.</summary>
    public bool UsesBothBad { get; init; }

    /// <summary>Largest share of the training weight that one voter may hold, in (0, 1]; 1 sets no cap. Default: 0.05.</summary>
    public double VoterShare { get; init; } = 0.05;

    /// <summary>Fewest voters for which <see cref="PairSet.EnoughVoters"/> is true. Default: 3.</summary>
    public int LeastVoters { get; init; } = 3;

    /// <summary>Age from which a cookie counts as a voter of its own, whatever its address. Default: a day.</summary>
    public TimeSpan FreshCookie { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Fresh cookies given to one address within this time of the previous one are one source. Default: an hour.</summary>
    public TimeSpan SameSourceGap { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Votes per minute above which a person's vote is doubted. Default: 20.</summary>
    public int VotesPerMinute { get; init; } = 20;

    /// <summary>Milliseconds below which a person cannot have read both answers. Default: 1000.</summary>
    public long LeastDwellMs { get; init; } = 1000;

    /// <summary>Probability at which an honest voter may be doubted as an outlier. Default: 0.01.</summary>
    public double OutlierLevel { get; init; } = 0.01;

    /// <summary>Factor on the weight for each doubt. Default: one half.</summary>
    public double DoubtFactor { get; init; } = 0.5;

    /// <summary>Upper bound of the inverse propensity. Default: 10.</summary>
    public double MostInversePropensity { get; init; } = 10;

    /// <summary>Factor in (0, 1] for how far the answering weights are from those to be trained; null means 1 for all.</summary>
    public Func<StoredVote, double>? Staleness { get; init; }

    /// <summary>Names that give a model away, besides the well-known ones.</summary>
    public ImmutableArray<string> OwnNames { get; init; } = [];
}
