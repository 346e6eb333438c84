// Our schedules against transformers', step by step.
using System.Text.Json;
using Majlis.tests.Support;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Xunit;

namespace Majlis.tests.Trainer;

[Trait("Golden", "Training")]
public sealed class GoldenLearningRates
{
    const double Tolerance = 1e-12;

    public static TheoryData<int?> Cases
    {
        get
        {
            var path = Shared.Golden("training", "lr_schedules.json");
            if (!File.Exists(path)) return [(int?)null];
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. Enumerable.Range(0, json.RootElement.GetProperty("cases").GetArrayLength()).Select(index => (int?)index)];
        }
    }

    /// <summary>transformers 5: num_warmup_steps or 10_000.</summary>
    [Theory, InlineData(0, 1.0), InlineData(10_000, 0.70710678118654752), InlineData(30_000, 0.5)]
    public void Without_warm_up_the_inverse_root_falls_over_ten_thousand_steps(int step, double factor) =>
        Assert.Equal(factor, new LearningRate("inverse_sqrt", 0, 40_000).Factor(step), Tolerance);

    [Theory, MemberData(nameof(Cases))]
    public void Every_step_has_transformers_factor(int? index)
    {
        Assert.SkipWhen(index is null, "goldens/training/lr_schedules.json is not here");
        using var json = JsonDocument.Parse(File.ReadAllBytes(Shared.Golden("training", "lr_schedules.json")));
        var example = json.RootElement.GetProperty("cases")[index!.Value];
        var arguments = example.GetProperty("kwargs");
        double Number(double otherwise, params string[] names) => arguments.ValueKind != JsonValueKind.Object ? otherwise
            : names.Select(name => arguments.TryGetProperty(name, out var value) ? value.GetDouble() : (double?)null)
                .FirstOrDefault(value => value is not null) ?? otherwise;
        var name = example.GetProperty("lr_scheduler_type").GetString()!;
        var schedule = new LearningRate(name, example.GetProperty("warmup_steps").GetInt32(), example.GetProperty("total_steps").GetInt32())
        {
            Cycles = (int)Number(1, "num_cycles"),
            End = Number(1e-7, "lr_end"),
            Power = Number(1, "power"),
            Least = Number(0, "min_lr_rate", "min_lr_ratio"),
            DecaySteps = (int)Number(0, "num_decay_steps"),
        };
        var factors = example.GetProperty("factor_of_step").EnumerateArray().Select(factor => factor.GetDouble()).ToArray();
        var worst = factors.Select((factor, step) => Math.Abs(schedule.Factor(step) - factor)).Max();
        GoldenReport.Line("Training", $"lr_schedules/{index}-{name}", worst, Tolerance);
        Assert.InRange(worst, 0, Tolerance);
    }
}
