// The gate's statistics against statsmodels and scipy.
using System.Text.Json;
using Majlis.Evaluation;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Evaluation;

[Trait("Golden", "Arena")]
public sealed class GoldenGates
{
    const double Tolerance = 1e-9;

    static JsonElement Read(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Shared.Require(Shared.Golden("arena", file))));
        return json.RootElement.Clone();
    }

    static void Check(string name, IEnumerable<double> errors)
    {
        var worst = errors.Max();
        GoldenReport.Line("Arena", name, worst, Tolerance);
        Assert.InRange(worst, 0, Tolerance);
    }

    static int Int(JsonElement row, string name) => row.GetProperty(name).GetInt32();

    static double Number(JsonElement row, string name) => row.GetProperty(name).GetDouble();

    [Fact]
    public void Win_rate_intervals() => Check("gates/intervals",
        Read("gates.json").GetProperty("intervals").EnumerateArray().SelectMany(row =>
    {
        var (wins, ties, losses) = (Int(row, "wins"), Int(row, "ties"), Int(row, "losses"));
        var decisive = wins + losses;
        IEnumerable<double> Compare(string name, Interval ours)
        {
            if (!row.TryGetProperty(name, out var theirs) || theirs.ValueKind != JsonValueKind.Array) return [];
            return [Math.Abs(ours.Low - theirs[0].GetDouble()), Math.Abs(ours.High - theirs[1].GetDouble())];
        }
        return new[] { 95, 90 }.SelectMany(percent => (IEnumerable<double>)
        [
            .. Compare($"wilson_decisive_{percent}", Intervals.Wilson(wins, decisive, percent / 100.0)),
            .. Compare($"clopper_pearson_decisive_{percent}", Intervals.ClopperPearson(wins, decisive, percent / 100.0)),
            .. Compare($"agresti_coull_decisive_{percent}", Intervals.AgrestiCoull(wins, decisive, percent / 100.0)),
            .. Compare($"jeffreys_decisive_{percent}", Intervals.Jeffreys(wins, decisive, percent / 100.0)),
            .. Compare($"wilson_ties_half_{percent}", Intervals.Wilson(wins + ties / 2.0, wins + ties + losses, percent / 100.0)),
        ]).Append(decisive == 0 ? 0 : Math.Abs(Binomial.TwoSidedHalf(wins, decisive) - Number(row, "binomial_test_two_sided_decisive")));
    }));

    [Fact]
    public void Sample_sizes() => Check("gates/sample_size", Read("gates.json").GetProperty("sample_size").EnumerateArray().Select(row =>
        Math.Abs(SampleSize.TwoSided(Number(row, "p"), Number(row, "power"), Number(row, "alpha_two_sided")) / Number(row, "n") - 1)));

    [Fact]
    public void Exact_power() => Check("gates/exact_power", Read("gates.json").GetProperty("exact_power").EnumerateArray().Select(row =>
    {
        var (p, n) = (Number(row, "p"), Int(row, "n"));
        var twoSided = SampleSize.Power(n, p, 0.025) + SampleSize.Power(n, 1 - p, 0.025);
        return Math.Abs(twoSided - Number(row, "exact_power_two_sided_binomial_test_0.05"));
    }));

    [Fact]
    public void McNemar() => Check("gates/mcnemar", Read("gates.json").GetProperty("mcnemar").EnumerateArray().Select(row =>
        Math.Abs(new PairedCounts(0, Int(row, "old_wrong_new_right"), Int(row, "old_right_new_wrong"), 0).McNemar
            - Number(row, "exact_p"))));

    [Fact]
    public void Paired_non_inferiority() => Check("gates/non_inferiority",
        Read("gates.json").GetProperty("non_inferiority_paired").EnumerateArray().SelectMany(row =>
    {
        var (gained, lost) = (Int(row, "old_wrong_new_right"), Int(row, "old_right_new_wrong"));
        var counts = new PairedCounts(Int(row, "n") - gained - lost, gained, lost, 0);
        return (double[])
        [
            Math.Abs(counts.StandardError - Number(row, "se")), Math.Abs(counts.LowerBound(0.95) - Number(row, "lower_95_one_sided")),
            Math.Abs(counts.InferiorityP(Number(row, "margin")) - Number(row, "p_one_sided")),
        ];
    }));

    [Fact]
    public void Beta_mixture_e_values() => Check("sequential/beta_mixture", Read("sequential.json").EnumerateArray().SelectMany(row =>
    {
        var decisive = row.GetProperty("outcomes").EnumerateArray()
            .Select(outcome => outcome.GetDouble()).Where(outcome => outcome != 0.5).ToArray();
        return new[] { "0.5", "1.0", "10.0" }.SelectMany(a =>
            row.GetProperty($"beta_mixture_a{a}").GetProperty("log_e_after_each_decisive").EnumerateArray().Select((expected, index) =>
            {
                var wins = decisive.Take(index + 1).Count(outcome => outcome == 1);
                var shape = double.Parse(a, System.Globalization.CultureInfo.InvariantCulture);
                return Math.Abs(BetaMixture.LogEValue(wins, index + 1 - wins, shape) - expected.GetDouble());
            }));
    }));
}
