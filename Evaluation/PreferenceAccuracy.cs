// Does a model prefer what the rater preferred? Scores both answers of a pair and compares them. Knows no gate and no votes.
using System.Collections.Immutable;
using Majlis.Inference;
using Majlis.Model;

namespace Majlis.Evaluation;

/// <summary>A comparison as token ids: one prompt, the preferred answer and the rejected one.</summary>
public sealed record PreferenceItem(string Id, int[] Prompt, int[] Chosen, int[] Rejected);

/// <summary>Summed log-probabilities (temperature 1) of both answers under one model, and their lengths in tokens.</summary>
public sealed record ScoredItem(string Id, double Chosen, double Rejected, int ChosenTokens, int RejectedTokens)
{
    /// <summary>
    /// The model's preference: the answer with the higher mean log-probability per token. Sums would always favour the shorter answer.
    /// </summary>
    public bool PrefersChosen => Chosen / ChosenTokens > Rejected / RejectedTokens;

    /// <summary>
    /// DPO's implicit reward against another model's scores of the same item: did the chosen answer gain more than the rejected one?
    /// </summary>
    public bool LeansToChosen(ScoredItem reference) => Chosen - reference.Chosen > Rejected - reference.Rejected;
}

public static class PreferenceAccuracy
{
    /// <summary>Scores every item with a network that nobody else uses; <paramref name="scored"/> is told after each.</summary>
    public static ImmutableArray<ScoredItem> Score(INetwork network, IEnumerable<PreferenceItem> items, Action<int>? scored = null)
    {
        var scores = ImmutableArray.CreateBuilder<ScoredItem>();
        foreach (var item in items)
        {
            scores.Add(new ScoredItem(item.Id, Sum(network, item.Prompt, item.Chosen), Sum(network, item.Prompt, item.Rejected),
                item.Chosen.Length, item.Rejected.Length));
            scored?.Invoke(1);
        }
        return scores.ToImmutable();
    }

    /// <summary>Share of items on which the model prefers what the rater preferred.</summary>
    public static double Of(IReadOnlyCollection<ScoredItem> items) => items.Count(item => item.PrefersChosen) / (double)items.Count;

    static double Sum(INetwork network, int[] prompt, int[] completion) =>
        TokenScorer.LogProbabilities(network, prompt, completion).Sum(value => (double)value);
}
