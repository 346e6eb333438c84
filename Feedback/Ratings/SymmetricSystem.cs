// Solves small symmetric positive definite systems by Cholesky. Knows no meaning of the numbers.
namespace Majlis.Feedback.Ratings;

static class SymmetricSystem
{
    /// <summary>x with A x = b; A is n x n, symmetric and positive definite.</summary>
    public static double[] Solve(double[,] a, double[] b) => Substitute(Factor(a), b);

    public static double[,] Inverse(double[,] a)
    {
        var n = a.GetLength(0);
        var factor = Factor(a);
        var inverse = new double[n, n];
        for (var k = 0; k < n; k++)
        {
            var column = Substitute(factor, [.. Enumerable.Range(0, n).Select(i => i == k ? 1.0 : 0)]);
            for (var i = 0; i < n; i++) inverse[i, k] = column[i];
        }
        return inverse;
    }

    // A = L L^T, L lower triangular.
    static double[,] Factor(double[,] a)
    {
        var n = a.GetLength(0);
        var l = new double[n, n];
        for (var j = 0; j < n; j++)
        {
            for (var i = j; i < n; i++)
            {
                var sum = a[i, j];
                for (var k = 0; k < j; k++) sum -= l[i, k] * l[j, k];
                l[i, j] = i == j ? Math.Sqrt(sum) : sum / l[j, j];
            }
        }
        return l;
    }

    static double[] Substitute(double[,] l, double[] b)
    {
        var x = (double[])b.Clone();
        for (var i = 0; i < x.Length; i++)
        {
            for (var k = 0; k < i; k++) x[i] -= l[i, k] * x[k];
            x[i] /= l[i, i];
        }
        for (var i = x.Length - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < x.Length; k++) x[i] -= l[k, i] * x[k];
            x[i] /= l[i, i];
        }
        return x;
    }
}
