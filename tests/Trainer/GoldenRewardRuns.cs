// Whole runs of reward models against TRL's: rewards before, every step, final weights.
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.tests.Support;
using Majlis.Torch;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Reward;
using Majlis.Trainer.Sequences;
using TorchSharp;
using Xunit;

namespace Majlis.tests.Trainer;

[Trait("Golden", "Training")]
public sealed class GoldenRewardRuns
{
    const double LossTolerance = 1e-5, NormTolerance = 5e-5, MetricTolerance = 2e-4, WeightTolerance = 2e-6;

    static readonly string[] metrics =
        ["min_reward", "mean_reward", "max_reward", "accuracy", "margin", "learning_rate", "num_tokens", "epoch"];

    public static TheoryData<string?> Runs
    {
        get
        {
            var folder = Shared.Golden("training", "reward_model");
            return !Directory.Exists(folder) ? [(string?)null]
                : [.. Directory.EnumerateDirectories(folder).Where(run => File.Exists(Path.Combine(run, "run.json")))
                    .Select(Path.GetFileName).Order()];
        }
    }

    [Theory, MemberData(nameof(Runs))]
    public void Every_step_equals_TRLs(string? name)
    {
        Assert.SkipWhen(name is null, "goldens/training is not here");
        var folder = Shared.Golden("training", "reward_model", name!);
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "run.json")));
        var run = json.RootElement;
        using var checkpoint = Checkpoint.Open(Path.GetFullPath(Path.Combine(folder, run.GetProperty("model").GetString()!)));
        using var network = new Transformer(checkpoint.Blueprint, checkpoint.Weights);
        var parameters = TorchPolicy.WithAllWeights(network).Parameters;
        var settings = run.GetProperty("hyperparameters");
        var centring = settings.TryGetProperty("center_rewards_coefficient", out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble() : 0;
        var objective = new RewardObjective(Scorer.Of(network, parameters), Pairs(run), centring, pad: 0);
        Steps(name!, run, Train(objective, settings, run.GetProperty("steps").GetArrayLength()));
        Check($"{name}/final", Distance(parameters, Path.Combine(folder, "final", "model.safetensors")), WeightTolerance);
    }

    static IReadOnlyList<StepMetrics> Train(RewardObjective objective, JsonElement settings, int steps)
    {
        double Number(string setting) => settings.GetProperty(setting).GetDouble();
        using var loop = new TrainingLoop(objective, new LoopOptions
        {
            Updates = new OptimizerOptions(Number("adam_beta1"), Number("adam_beta2"), Number("adam_epsilon"), Number("weight_decay")),
            LearningRate = Number("learning_rate"),
            Schedule = settings.GetProperty("lr_scheduler_type").GetString()!,
            WarmupSteps = settings.GetProperty("warmup_steps").GetInt32(),
            BatchItems = settings.GetProperty("per_device_train_batch_size").GetInt32(),
            Accumulation = settings.GetProperty("gradient_accumulation_steps").GetInt32(),
            MaxGradientNorm = Number("max_grad_norm"),
            Steps = steps,
            Shuffle = false,
        });
        var result = loop.Run(_ => { });
        Assert.Null(result.Refusal);
        return result.Log;
    }

    static void Steps(string name, JsonElement run, IReadOnlyList<StepMetrics> log)
    {
        JsonElement[] expected = [.. run.GetProperty("steps").EnumerateArray()];
        double Worst(string metric, double floor) => log.Zip(expected, (ours, theirs) =>
        {
            var value = theirs.GetProperty(metric).GetDouble();
            return Math.Abs(ours[metric] - value) / Math.Max(Math.Abs(value), floor);
        }).Max();
        Check($"{name}/loss", Worst("loss", floor: 1), LossTolerance);
        Check($"{name}/grad_norm", Worst("grad_norm", floor: 1e-3), NormTolerance);
        Check($"{name}/metrics", metrics.Max(metric => Worst(metric, floor: 0.1)), MetricTolerance);
    }

    static TrainingPair[] Pairs(JsonElement run)
    {
        double[] margins = run.TryGetProperty("margin", out var column) && column.ValueKind == JsonValueKind.Array
            ? [.. column.EnumerateArray().Select(margin => margin.GetDouble())] : [];
        return [.. run.GetProperty("pairs").EnumerateArray().Select((pair, index) =>
            LossConfig.Pair(pair, $"{index}") with { Margin = margins.Length > 0 ? margins[index] : 0 })];
    }

    static double Distance(IReadOnlyList<(string Name, torch.Tensor Value)> parameters, string path)
    {
        using var final = SafetensorsFile.Open(path);
        var (distance, length) = (0.0, 0.0);
        foreach (var (name, value) in parameters)
        {
            using var scope = torch.NewDisposeScope();
            var numbers = new float[final.Tensors[name].Elements];
            final.Read(name, 0, numbers);
            var expected = torch.tensor(numbers).reshape(value.shape);
            distance += (value.detach() - expected).Squared().sum().item<float>();
            length += expected.Squared().sum().item<float>();
        }
        return Math.Sqrt(distance / length);
    }

    static void Check(string name, double worst, double tolerance)
    {
        GoldenReport.Line("Training", $"reward_model/{name}", worst, tolerance);
        Assert.True(worst <= tolerance, $"{name}: {worst} is above {tolerance}");
    }
}
