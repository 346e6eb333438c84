// Tries a few weightings of the experts and keeps the one whose merge prefers most of the raters' choices, among pairs of the training:
// held-out ones are the gate's. Its budget is fixed and recorded. Knows no experts.
using System.Collections.Immutable;
using Majlis.Evaluation;
using Majlis.Model;
using Majlis.Torch;
using Majlis.Trainer.Sequences;

namespace Majlis.Trainer.Rounds;

/// <summary>A weighting, and of how many pairs its merge finds the rater's choice likelier per token.</summary>
public sealed record TriedWeights(ImmutableArray<double> Weights, int Preferred);

/// <summary>What a search spent and found: every weighting was judged by the same pairs.</summary>
public sealed record WeightSearchResult(int Pairs, ImmutableArray<TriedWeights> Tried);

static class WeightSearch
{
    /// <summary>Pairs that judge a weighting, at most: a forward pass over both sides of each, for every weighting.</summary>
    const int MostPairs = 64;

    /// <param name="pairs">The round's pairs and experts.</param>
    /// <param name="write">Writes the candidate with these weights, in place of an earlier one.</param>
    /// <param name="serve">Where its serving weights then are.</param>
    /// <param name="parts">For progress.</param>
    public static CandidateResult Run(RoundPairs pairs, Func<ImmutableArray<double>, CandidateResult> write, string serve, RoundParts parts)
    {
        var items = pairs.Training.OrderBy(pair => pair.Id, StringComparer.Ordinal).Take(MostPairs)
            .Select(pair => new PreferenceItem(pair.Id, pair.Prompt, pair.Chosen, pair.Rejected)).ToArray();
        var candidates = ExpertWeights.Candidates(pairs.Experts);
        var progress = new ScoringProgress("weightings", candidates.Length * items.Length, parts.Progress, parts.Time);
        var tried = new List<TriedWeights>();
        CandidateResult? last = null;
        foreach (var weights in candidates)
        {
            last = write(weights);
            tried.Add(new TriedWeights(weights, Preferred(serve, items, progress)));
            parts.Say($"weights {string.Join(' ', weights.Select(weight => FormattableString.Invariant($"{weight:0.###}")))}: " +
                $"{tried[^1].Preferred} of {items.Length} pairs as the rater chose");
        }
        // The first of the best, so that equal weights win a tie.
        var best = tried.MaxBy(each => each.Preferred)!;
        var candidate = best == tried[^1] ? last! : write(best.Weights);
        return candidate with { Search = new WeightSearchResult(items.Length, [.. tried]) };
    }

    static int Preferred(string serve, PreferenceItem[] items, ScoringProgress progress)
    {
        using var model = Checkpoint.Open(serve);
        using var network = new TorchNetwork(model.Blueprint, model.Weights);
        return PreferenceAccuracy.Score(network, items, progress.Add).Count(item => item.PrefersChosen);
    }
}
