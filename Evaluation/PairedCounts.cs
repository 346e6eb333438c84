// Compares two versions on the same items by where one was right and the other wrong. The gate's comparisons all use it.
// McNemar's test and the Wald statistics (standard error, bound, inferiority) are references for later callers.
namespace Majlis.Evaluation;

/// <summary>
/// Counts over the same items for an old and a new version. Only <see cref="Gained"/> and <see cref="Lost"/> tell them apart.
/// </summary>
public sealed record PairedCounts(int BothRight, int Gained, int Lost, int BothWrong)
{
    public int Items => BothRight + Gained + Lost + BothWrong;

    public double OldRate => (double)(BothRight + Lost) / Items;

    public double NewRate => (double)(BothRight + Gained) / Items;

    public static PairedCounts Of(IReadOnlyList<bool> old, IReadOnlyList<bool> candidate)
    {
        if (old.Count != candidate.Count)
            throw new ArgumentException($"{old.Count} and {candidate.Count} results are not of the same items");
        int Count(bool before, bool after) => old.Zip(candidate).Count(pair => pair.First == before && pair.Second == after);
        return new PairedCounts(Count(true, true), Count(false, true), Count(true, false), Count(false, false));
    }

    /// <summary>McNemar's exact test, two-sided.</summary>
    public double McNemar => Binomial.TwoSidedHalf(Gained, Gained + Lost);

    /// <summary>Exact probability, if both versions were alike, of at least this many gains among the discordant items.</summary>
    public double BetterP => Binomial.AboveHalf(Gained, Gained + Lost);

    public double WorseP => Binomial.AboveHalf(Lost, Gained + Lost);

    /// <summary>Standard error of the difference of rates, paired.</summary>
    public double StandardError
    {
        get
        {
            var (n, difference) = ((double)Items, NewRate - OldRate);
            return Math.Sqrt(((Gained + Lost) / n - difference * difference) / n);
        }
    }

    /// <summary>Lower one-sided bound of (new - old) at the given confidence.</summary>
    public double LowerBound(double confidence) => NewRate - OldRate - Normal.Quantile(confidence) * StandardError;

    /// <summary>
    /// One-sided p of the claim that the new version is worse by <paramref name="margin"/> or more, by the score test (Tango 1998). Its
    /// standard error is the one at that loss, so unchanged items exclude a loss only when they are many.
    /// </summary>
    public double LossP(double margin)
    {
        // The most likely share of lost items where the difference is -margin: the root of 2n q^2 + b q - c = 0.
        var b = -(Gained + Lost) - (2 * Items - Gained + Lost) * margin;
        var c = Lost * margin * (1 + margin);
        var share = (Math.Sqrt(b * b - 8 * Items * c) - b) / (4 * Items);
        return Normal.UpperTail((Gained - Lost + Items * margin) / Math.Sqrt(Items * (2 * share - margin * (1 + margin))));
    }

    /// <summary>
    /// The same claim with the observed standard error (Wald), which is 0 where no item changed: for many items only.
    /// </summary>
    public double InferiorityP(double margin)
    {
        var gap = NewRate - OldRate + margin;
        return StandardError == 0 ? gap > 0 ? 0 : 1 : Normal.UpperTail(gap / StandardError);
    }
}
