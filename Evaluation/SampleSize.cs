// How many decisive comparisons distinguish a rate from one half. Pure functions. The two-sided size is a reference for later callers.
namespace Majlis.Evaluation;

public static class SampleSize
{
    const int Most = 100_000;

    /// <summary>Normal approximation: n for a two-sided test at <paramref name="alpha"/> with this power when the true rate is p.</summary>
    public static double TwoSided(double p, double power, double alpha)
    {
        var root = (Normal.Quantile(1 - alpha / 2) / 2 + Normal.Quantile(power) * Math.Sqrt(p * (1 - p))) / (p - 0.5);
        return root * root;
    }

    /// <summary>
    /// The least n at which the exact one-sided test at <paramref name="alpha"/> finds a true rate p with this power, at n and at n + 1
    /// (the exact power is a sawtooth); <see cref="Most"/> when there is none below it.
    /// </summary>
    public static int OneSidedExact(double p, double power, double alpha)
    {
        for (var n = 1; n < Most; n = n < 1000 ? n + 1 : n + n / 100)
            if (Power(n, p, alpha) >= power && Power(n + 1, p, alpha) >= power) return n;
        return Most;
    }

    /// <summary>Power of the exact one-sided test that the rate lies above one half.</summary>
    public static double Power(int n, double p, double alpha) => Binomial.UpperTail(Critical(n, alpha), n, p);

    /// <summary>Least significant number of wins; n + 1 when none is.</summary>
    static int Critical(int n, double alpha)
    {
        var (low, high) = (0, n + 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Binomial.UpperTail(middle, n, 0.5) <= alpha) high = middle; else low = middle + 1;
        }
        return low;
    }
}
