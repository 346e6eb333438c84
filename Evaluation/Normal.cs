// The normal distribution's quantile and tail. Pure functions.
namespace Majlis.Evaluation;

public static class Normal
{
    /// <summary>P(Z &gt; z), through the incomplete gamma's continued fraction or series; absolute error below 1e-15.</summary>
    public static double UpperTail(double z)
    {
        if (z < 0) return 1 - UpperTail(-z);
        return z < 3 ? 0.5 - Series(z) : Density(z) / Fraction(z);
    }

    public static double Density(double z) => Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);

    /// <summary>The z with P(Z &lt;= z) = p: bisection, then Newton steps.</summary>
    public static double Quantile(double p)
    {
        if (p < 0.5) return -Quantile(1 - p);
        var (low, high) = (0.0, 40.0);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (UpperTail(middle) > 1 - p) low = middle; else high = middle;
        }
        var z = (low + high) / 2;
        return z + (UpperTail(z) - (1 - p)) / Density(z);
    }

    /// <summary>P(0 &lt; Z &lt; z) = density times the sum of z^(2k+1) / (1 3 5 .. (2k+1)).</summary>
    static double Series(double z)
    {
        var (term, sum) = (z, z);
        for (var k = 1; term > 1e-18 * sum && k < 500; k++)
        {
            term *= z * z / (2 * k + 1);
            sum += term;
        }
        return Density(z) * sum;
    }

    /// <summary>Mills' ratio as a continued fraction: z + 1/(z + 2/(z + 3/...)).</summary>
    static double Fraction(double z)
    {
        var value = z;
        for (var k = 200; k >= 1; k--) value = z + k / value;
        return value;
    }
}
