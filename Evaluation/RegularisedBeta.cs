// The regularised incomplete beta function (continued fraction of Lentz, see DLMF 8.17.22) and its inverse by bisection.
namespace Majlis.Evaluation;

public static class RegularisedBeta
{
    const double Tiny = 1e-300;
    const double Enough = 1e-16;

    /// <summary>I_x(a, b), for a, b > 0 and x in 0..1; absolute error about 1e-14.</summary>
    public static double At(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        if (x > (a + 1) / (a + b + 2)) return 1 - At(1 - x, b, a);
        var front = Math.Exp(a * Math.Log(x) + b * Math.Log(1 - x) - LogBeta(a, b)) / a;
        return front * Fraction(x, a, b);
    }

    /// <summary>The x with I_x(a, b) = p.</summary>
    public static double Inverse(double p, double a, double b)
    {
        var (low, high) = (0.0, 1.0);
        while (high - low > 1e-15 * Math.Max(high, 1e-300))
        {
            var middle = (low + high) / 2;
            if (middle <= low || middle >= high) break;
            if (At(middle, a, b) < p) low = middle; else high = middle;
        }
        return (low + high) / 2;
    }

    public static double LogBeta(double a, double b) => LogGamma(a) + LogGamma(b) - LogGamma(a + b);

    /// <summary>ln Gamma(x) for x > 0: recurrence up to 20, then Stirling's series (DLMF 5.11.1), error below 1e-15 relative.</summary>
    public static double LogGamma(double x)
    {
        var shift = 0.0;
        while (x < 20)
        {
            shift -= Math.Log(x);
            x++;
        }
        var inverse = 1 / (x * x);
        var series = (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse * (1.0 / 1680 - inverse / 1188)))) / x;
        return shift + (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + series;
    }

    static double Fraction(double x, double a, double b)
    {
        var (c, d) = (1.0, 1 / Safe(1 - (a + b) * x / (a + 1)));
        var result = d;
        for (var m = 1; m < 100_000; m++)
        {
            var even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / Safe(1 + even * d);
            c = Safe(1 + even / c);
            result *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / Safe(1 + odd * d);
            c = Safe(1 + odd / c);
            result *= d * c;
            if (Math.Abs(d * c - 1) < Enough) break;
        }
        return result;
    }

    static double Safe(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
