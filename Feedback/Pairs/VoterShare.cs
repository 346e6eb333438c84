// Caps one voter's share of a round's weight. Knows voters and weights, no votes.
namespace Majlis.Feedback.Pairs;

static class VoterShare
{
    /// <summary>
    /// A factor on all weights of each voter, such that nobody holds more than <paramref name="share"/> of the resulting sum. With too
    /// few voters for that (n * share below 1), all become equal, which is the nearest possible.
    /// </summary>
    /// <param name="totals">Weight of each voter, above 0.</param>
    public static (Dictionary<string, double> Factors, bool Holds) Factors(IReadOnlyDictionary<string, double> totals, double share)
    {
        var rising = totals.Values.Order().ToArray();
        if (rising.Length == 0) return ([], true);
        var holds = rising.Length * share >= 1 - 1e-9;
        var cap = holds ? Cap(rising, share) : rising[0];
        return (totals.ToDictionary(voter => voter.Key, voter => Math.Min(1, cap / voter.Value)), holds);
    }

    // With the k greatest cut to the cap c: c = share * (rest + k*c), so c = share*rest / (1 - k*share). The right k is the least one
    // whose cap lies above all of the rest.
    static double Cap(double[] rising, double share)
    {
        var rest = rising.Sum();
        for (var cut = 0; cut < rising.Length; cut++)
        {
            var greatest = rising[^(cut + 1)];
            var left = 1 - (cut * share);
            if (left <= 1e-12) return greatest;
            var cap = share * rest / left;
            if (greatest <= cap * (1 + 1e-12)) return cut == 0 ? double.PositiveInfinity : cap;
            rest -= greatest;
        }
        return rising[0];
    }
}
