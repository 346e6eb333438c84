// Exact binomial probabilities and their inverses. Pure functions; checked against reference numbers.
namespace Majlis.Evaluation;

public static class Binomial
{
    /// <summary>P(X &gt;= k) for X ~ Binomial(n, p).</summary>
    public static double UpperTail(int k, int n, double p) => k <= 0 ? 1 : k > n ? 0 : RegularisedBeta.At(p, k, n - k + 1);

    /// <summary>Two-sided exact test against one half. Both tails are equal, so it is twice the smaller one, at most 1.</summary>
    public static double TwoSidedHalf(int wins, int n) =>
        n == 0 ? 1 : Math.Min(1, 2 * UpperTail(Math.Max(wins, n - wins), n, 0.5));

    /// <summary>One-sided exact test that the rate lies above one half.</summary>
    public static double AboveHalf(int wins, int n) => n == 0 ? 1 : UpperTail(wins, n, 0.5);
}
