// Whole preference runs against TRL's, step by step: losses, gradient norms, metrics, final weights; and the resumed half.
using Majlis.tests.Support;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Xunit;

namespace Majlis.tests.Trainer;

[Trait("Golden", "Training")]
public sealed class GoldenRuns
{
    const double LossTolerance = 1e-5;
    const double NormTolerance = 5e-5;

    /// <summary>
    /// Relative; below 0.1 absolute, 2e-5 (a tenth of what summed log-probabilities may differ, since beta is 0.1).
    /// </summary>
    const double MetricTolerance = 2e-4;
    const double WeightTolerance = 2e-6;

    /// <summary>Metrics with TRL's names and definitions.</summary>
    static readonly string[] metrics =
    [
        "rewards/chosen", "rewards/rejected", "rewards/accuracies", "rewards/margins", "logps/chosen", "logps/rejected",
        "logits/chosen", "logits/rejected", "entropy", "mean_token_accuracy", "num_tokens", "learning_rate", "epoch",
    ];

    public static TheoryData<string?> Runs
    {
        get
        {
            var folder = Shared.Golden("training", "dpo_run");
            return Directory.Exists(folder)
                ? [.. Directory.EnumerateDirectories(folder).Select(Path.GetFileName).Order()] : [(string?)null];
        }
    }

    [Theory, MemberData(nameof(Runs))]
    public void Every_step_equals_TRLs(string? name)
    {
        Assert.SkipWhen(name is null, "goldens/training is not here");
        using var run = new GoldenRun(name!);
        var result = run.Train(steps: null, after: null);
        Assert.Null(result.Refusal);
        Compare(name!, run, result.Log);
    }

    [Theory, MemberData(nameof(Runs))]
    public void The_half_run_state_continues_as_TRL_did(string? name)
    {
        Assert.SkipWhen(name is null, "goldens/training is not here");
        var resume = Shared.Golden("training", "dpo_run", name!, "resume");
        Assert.SkipUnless(Directory.Exists(resume), "TRL stored no half-run state for this run");
        using var run = new GoldenRun(name!);
        Compare(name + "/resumed", run, run.Resume().Log);
    }

    static void Compare(string name, GoldenRun run, IReadOnlyList<StepMetrics> log)
    {
        var expected = run.Steps.Where(step => log.Any(ours => ours.Step == step.GetProperty("step").GetInt32())).ToArray();
        Assert.Equal(log.Count, expected.Length);
        double Worst(string metric, double floor) => log.Zip(expected, (ours, theirs) =>
        {
            var value = theirs.GetProperty(metric).GetDouble();
            return Math.Abs(ours[metric] - value) / Math.Max(Math.Abs(value), floor);
        }).Max();
        Check($"dpo_run/{name}/loss", Worst("loss", floor: 1), LossTolerance);
        Check($"dpo_run/{name}/grad_norm", Worst("grad_norm", floor: 1e-3), NormTolerance);
        var counted = name.Contains("resumed") ? metrics.Where(metric => metric != "num_tokens") : metrics;
        Check($"dpo_run/{name}/metrics", counted.Max(metric => Worst(metric, floor: 0.1)), MetricTolerance);
        Check($"dpo_run/{name}/final", run.FinalDistance(), WeightTolerance);
    }

    static void Check(string name, double worst, double tolerance)
    {
        GoldenReport.Line("Training", name, worst, tolerance);
        Assert.True(worst <= tolerance, $"{name}: {worst} is above {tolerance}");
    }
}
