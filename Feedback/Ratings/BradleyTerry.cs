// Bradley-Terry ratings from matches: P(A beats B) = 1 / (1 + exp(theta_B - theta_A)), by Newton's method to the exact optimum, with
// sandwich intervals as arena-rank defines them (lmarena/arena-rank). A reference for later callers: no host shows ratings yet.
// Knows no votes.
namespace Majlis.Feedback.Ratings;

public static class BradleyTerry
{
    const double Scale = 400 / 2.302585092994046; // 400 / ln 10
    const double Normal95 = 1.959963984540054;
    const double Damping = 1e-5; // For the sandwich only; the optimum is not damped.
    const double LeastPairCount = 50;

    /// <summary>Maximum likelihood. Refuses where no finite optimum exists, and names the competitors that cannot be compared.</summary>
    /// <param name="reweight">Whether every pair of competitors counts the same: weight 1 / max(its matches, 50).</param>
    public static RatingTable Fit(IEnumerable<RatedMatch> matches, bool reweight = false)
    {
        var played = MatchTable.Of(matches);
        if (Connectivity.Refusal(played) is { } refusal) return new RatingTable([], refusal);
        var weights = played.Rows.Select(row => reweight ? 1 / Math.Max(played.PairCount(row), LeastPairCount) : 1).ToArray();
        var theta = Optimum(played, weights, ridge: 0);
        var damping = reweight ? Damping : Damping * played.Rows.Sum(row => row.Count);
        return new RatingTable(Table(played.Names, theta, Deviations(played, weights, theta, damping)), null);
    }

    /// <summary>Strengths that maximise the likelihood minus ridge/2 * sum of squares: defined for every graph of matches.</summary>
    public static IReadOnlyList<(string Competitor, double Theta)> FitRidge(IEnumerable<RatedMatch> matches, double ridge)
    {
        var played = MatchTable.Of(matches);
        return [.. played.Names.Zip(Optimum(played, [.. played.Rows.Select(_ => 1.0)], ridge))];
    }

    static double[] Optimum(MatchTable played, double[] weights, double ridge)
    {
        var theta = new double[played.Names.Length];
        for (var step = 0; step < 100; step++)
        {
            var gradient = theta.Select(value => -ridge * value).ToArray();
            for (var i = 0; i < weights.Length; i++)
            {
                var row = played.Rows[i];
                var pull = weights[i] * row.Count * (row.Outcome - Win(theta, row));
                gradient[row.A] += pull;
                gradient[row.B] -= pull;
            }
            var move = SymmetricSystem.Solve(Curvature(played, weights, theta, ridge), gradient);
            // A step longer than 2 is shortened: far from the optimum the curvature is nearly zero and Newton would overshoot.
            var cut = Math.Min(1, 2 / Math.Max(1e-300, move.Max(Math.Abs)));
            for (var i = 0; i < theta.Length; i++) theta[i] += cut * move[i];
            if (move.Max(Math.Abs) < 1e-13) break;
        }
        var mean = theta.Average();
        return [.. theta.Select(value => value - mean)];
    }

    // Strengths are free up to a constant: the direction of ones has no curvature and gets that of an average competitor.
    // Gradient and residuals have no component along it, so nothing else changes.
    static double[,] Curvature(MatchTable played, double[] weights, double[] theta, double diagonal)
    {
        var n = theta.Length;
        var matrix = new double[n, n];
        for (var i = 0; i < weights.Length; i++)
        {
            var win = Win(theta, played.Rows[i]);
            AddPair(matrix, played.Rows[i], weights[i] * played.Rows[i].Count * win * (1 - win));
        }
        var average = (Enumerable.Range(0, n).Sum(i => matrix[i, i]) / n) + 1e-12;
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++) matrix[i, j] += (average / n) + (i == j ? diagonal : 0);
        return matrix;
    }

    // Square roots of the diagonal of H^-1 B H^-1; B sums the squared residuals of single matches.
    static double[] Deviations(MatchTable played, double[] weights, double[] theta, double damping)
    {
        var n = theta.Length;
        var residuals = new double[n, n];
        for (var i = 0; i < weights.Length; i++)
        {
            var residual = weights[i] * (played.Rows[i].Outcome - Win(theta, played.Rows[i]));
            AddPair(residuals, played.Rows[i], played.Rows[i].Count * residual * residual);
        }
        var inverse = SymmetricSystem.Inverse(Curvature(played, weights, theta, damping));
        return [.. Enumerable.Range(0, n).Select(k => Math.Sqrt(Math.Max(0, Quadratic(inverse, residuals, k))))];
    }

    static double Quadratic(double[,] inverse, double[,] middle, int k)
    {
        var sum = 0.0;
        for (var i = 0; i < inverse.GetLength(0); i++)
            for (var j = 0; j < inverse.GetLength(0); j++) sum += inverse[k, i] * middle[i, j] * inverse[k, j];
        return sum;
    }

    static List<Rating> Table(string[] names, double[] theta, double[] deviations)
    {
        double Value(int i) => 1000 + (Scale * theta[i]);
        double Half(int i) => Normal95 * Scale * deviations[i];
        var all = Enumerable.Range(0, names.Length);
        int Rank(int i) => 1 + all.Count(other => Value(other) - Half(other) > Value(i) + Half(i));
        return [.. all.Select(i => new Rating(names[i], theta[i], Value(i), Value(i) - Half(i), Value(i) + Half(i), Rank(i)))];
    }

    static double Win(double[] theta, MatchRow row) => 1 / (1 + Math.Exp(theta[row.B] - theta[row.A]));

    static void AddPair(double[,] matrix, MatchRow row, double value)
    {
        matrix[row.A, row.A] += value;
        matrix[row.B, row.B] += value;
        matrix[row.A, row.B] -= value;
        matrix[row.B, row.A] -= value;
    }
}
