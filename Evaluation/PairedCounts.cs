// Two versions on the same items: who was right where the other was wrong. The unit of every comparison of the gate.
namespace Majlis.Evaluation;

/// <summary>Counts over the same items for an old and a new version. Only <see cref="Gained"/> and <see cref="Lost"/> tell them apart.</summary>
public sealed record PairedCounts(int BothRight, int Gained, int Lost, int BothWrong)
{
    public int Items => BothRight + Gained + Lost + BothWrong;

    public double OldRate => (double)(BothRight + Lost) / Items;

    public double NewRate => (double)(BothRight + Gained) / Items;

    public static PairedCounts Of(IReadOnlyList<bool> old, IReadOnlyList<bool> candidate)
    {
        if (old.Count != candidate.Count) throw new ArgumentException($"{old.Count} and {candidate.Count} results are not of the same items");
        int Count(bool before, bool after) => old.Zip(candidate).Count(pair => pair.First == before && pair.Second == after);
        return new PairedCounts(Count(true, true), Count(false, true), Count(true, false), Count(false, false));
    }

    /// <summary>McNemar's exact test, two-sided.</summary>
    public double McNemar => Binomial.TwoSidedHalf(Gained, Gained + Lost);

    /// <summary>Exact probability of at least so many gains among the discordant items were both versions alike.</summary>
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

    /// <summary>One-sided p of the claim that the new version is worse by <paramref name="margin"/> or more.</summary>
    public double InferiorityP(double margin)
    {
        var gap = NewRate - OldRate + margin;
        return StandardError == 0 ? gap > 0 ? 0 : 1 : Normal.UpperTail(gap / StandardError);
    }
}
