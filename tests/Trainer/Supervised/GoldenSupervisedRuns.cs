// Whole supervised runs against TRL's, step by step: packing, losses, gradient norms, learning rates, final weights.
using Majlis.tests.Support;
using Majlis.Trainer.Supervised.Data;
using Xunit;

namespace Majlis.tests.Trainer.Supervised;

[Trait("Golden", "Training")]
public sealed class GoldenSupervisedRuns
{
    const double LossTolerance = 1e-5;
    const double NormTolerance = 5e-5;
    const double WeightTolerance = 2e-6;

    public static TheoryData<string?> Runs
    {
        get
        {
            var folder = Shared.Golden("training", "sft_run");
            return !Directory.Exists(folder) ? [(string?)null]
                : [.. Directory.EnumerateDirectories(folder).Where(run => File.Exists(Path.Combine(run, "run.json")))
                    .Select(Path.GetFileName).Order()];
        }
    }

    [Theory, MemberData(nameof(Runs))]
    public void Every_step_equals_TRLs(string? name)
    {
        Assert.SkipWhen(name is null, "goldens/training is not here");
        using var run = new GoldenSupervisedRun(name!);
        var result = run.Train();
        Assert.Null(result.Refusal);
        Assert.Equal(run.Steps.Length, result.Log.Count);
        double Worst(string metric, double floor) => result.Log.Zip(run.Steps, (ours, theirs) =>
        {
            var value = theirs.GetProperty(metric).GetDouble();
            return Math.Abs(ours[metric] - value) / Math.Max(Math.Abs(value), floor);
        }).Max();
        Check($"sft_run/{name}/loss", Worst("loss", floor: 1), LossTolerance);
        Check($"sft_run/{name}/grad_norm", Worst("grad_norm", floor: 1e-3), NormTolerance);
        Check($"sft_run/{name}/metrics", new[] { "learning_rate", "num_tokens", "epoch" }.Max(metric => Worst(metric, 0.1)), 1e-9);
        Check($"sft_run/{name}/final", run.FinalDistance(), WeightTolerance);
    }

    [Theory, MemberData(nameof(Runs))]
    public void Rows_are_filled_as_by_TRL(string? name)
    {
        Assert.SkipWhen(name is null, "goldens/training is not here");
        using var run = new GoldenSupervisedRun(name!);
        var examples = run.Examples;
        var rows = run.Options.Packing ? Packing.BestFit([.. examples.Select(example => example.Tokens.Length)], run.Options.MaxLength)
            : Packing.None(examples.Length);
        Assert.Equal(run.PreparedRows.Select(row => row.Ids),
            rows.Select(row => row.SelectMany(index => examples[index].Tokens).ToArray()));
        Assert.Equal(run.PreparedRows.Select(row => row.Lengths),
            rows.Select(row => row.Select(index => examples[index].Tokens.Length).ToArray()));
    }

    static void Check(string name, double worst, double tolerance)
    {
        GoldenReport.Line("Training", name, worst, tolerance);
        Assert.True(worst <= tolerance, $"{name}: {worst} is above {tolerance}");
    }
}
