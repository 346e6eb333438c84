// Compares two versions on held-out pairs, one item per prompt: votes on one prompt are not independent, so they count once.
// Knows no gate and no votes.
namespace Majlis.Evaluation;

public static class HeldOutCounts
{
    /// <summary>
    /// Uses DPO's implicit reward with the old version as reference: gained where most pairs of a prompt moved towards the rater's choice,
    /// lost where most moved away from it; neither where they are even or did not move.
    /// </summary>
    /// <param name="prompts">A prompt's key, one per pair.</param>
    public static PairedCounts Moved(IReadOnlyList<ScoredItem> before, IReadOnlyList<ScoredItem> after, IReadOnlyList<string> prompts)
    {
        var signs = Majorities(prompts,
            pair => after[pair].LeansToChosen(before[pair]) ? 1 : before[pair].LeansToChosen(after[pair]) ? -1 : 0);
        var (gained, lost) = (signs.Count(sign => sign > 0), signs.Count(sign => sign < 0));
        return new PairedCounts(0, gained, lost, signs.Length - gained - lost);
    }

    /// <summary>Right where a version prefers the chosen answer in most pairs of a prompt.</summary>
    public static PairedCounts Preferred(IReadOnlyList<ScoredItem> before, IReadOnlyList<ScoredItem> after, IReadOnlyList<string> prompts)
    {
        bool[] Right(IReadOnlyList<ScoredItem> scored) =>
            [.. Majorities(prompts, pair => scored[pair].PrefersChosen ? 1 : -1).Select(sign => sign > 0)];
        return PairedCounts.Of(Right(before), Right(after));
    }

    static int[] Majorities(IReadOnlyList<string> prompts, Func<int, int> sign) =>
        [.. Enumerable.Range(0, prompts.Count).GroupBy(pair => prompts[pair], (_, pairs) => Math.Sign(pairs.Sum(sign)))];
}
