// Confidence intervals of a win rate. Pure functions of counts. A reference for later callers: no host shows win rates yet.
namespace Majlis.Evaluation;

public readonly record struct Interval(double Low, double High);

public static class Intervals
{
    /// <summary>Wilson's score interval; <paramref name="wins"/> may be fractional where a tie counts one half.</summary>
    public static Interval Wilson(double wins, double n, double confidence)
    {
        var z = Normal.Quantile(0.5 + confidence / 2);
        var (rate, z2) = (wins / n, z * z);
        var middle = (rate + z2 / (2 * n)) / (1 + z2 / n);
        var half = z / (1 + z2 / n) * Math.Sqrt(rate * (1 - rate) / n + z2 / (4 * n * n));
        return new Interval(Math.Max(0, middle - half), Math.Min(1, middle + half));
    }

    /// <summary>Clopper and Pearson's exact interval.</summary>
    public static Interval ClopperPearson(int wins, int n, double confidence)
    {
        var tail = (1 - confidence) / 2;
        return new Interval(wins == 0 ? 0 : RegularisedBeta.Inverse(tail, wins, n - wins + 1),
            wins == n ? 1 : RegularisedBeta.Inverse(1 - tail, wins + 1, n - wins));
    }

    /// <summary>A Wald interval around Wilson's centre (Agresti and Coull).</summary>
    public static Interval AgrestiCoull(int wins, int n, double confidence)
    {
        var z = Normal.Quantile(0.5 + confidence / 2);
        var total = n + z * z;
        var rate = (wins + z * z / 2) / total;
        var half = z * Math.Sqrt(rate * (1 - rate) / total);
        return new Interval(Math.Max(0, rate - half), Math.Min(1, rate + half));
    }

    /// <summary>Equal-tailed posterior interval under Jeffreys' prior, Beta(1/2, 1/2).</summary>
    public static Interval Jeffreys(int wins, int n, double confidence)
    {
        var tail = (1 - confidence) / 2;
        return new Interval(
            RegularisedBeta.Inverse(tail, wins + 0.5, n - wins + 0.5), RegularisedBeta.Inverse(1 - tail, wins + 0.5, n - wins + 0.5));
    }
}
