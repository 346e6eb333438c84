// The losses through a real network: summed log-probabilities, loss, metrics and gradient norm for every setting of TRL.
using System.Text.Json;
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.Torch;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Sequences;
using TorchSharp;
using Xunit;

namespace Majlis.tests.Trainer;

[Trait("Golden", "Training")]
public sealed class GoldenPairLosses
{
    const double LossTolerance = 5e-5;
    const double NormTolerance = 1e-4;

    public static TheoryData<string?> Files => GoldenLosses.Files;

    [Theory, MemberData(nameof(Files))]
    public void Loss_and_gradient_of_every_setting_equal_TRL(string? file)
    {
        Assert.SkipWhen(file is null, "goldens/training is not here");
        using var json = JsonDocument.Parse(File.ReadAllBytes(Shared.Golden("training", "dpo_losses", file!)));
        var root = json.RootElement;
        using var model = Open(root, "policy");
        using var other = Open(root, "reference");
        var (policy, reference) = (TorchPolicy.WithAllWeights(model), TorchPolicy.WithAllWeights(other));
        foreach (var setting in root.GetProperty("cases").EnumerateArray())
        {
            using var scope = torch.NewDisposeScope();
            var name = setting.GetProperty("name").GetString()!;
            var config = setting.GetProperty("config");
            int? most = config.TryGetProperty("max_length", out var length) && length.ValueKind == JsonValueKind.Number
                ? length.GetInt32() : null;
            var pairs = setting.GetProperty("pairs_used").EnumerateArray()
                .Select(index => LossConfig.Pair(root.GetProperty("pairs")[index.GetInt32()], $"{index}").CutTo(most)!).ToArray();
            // Policy and reference differ on purpose here.
            var objective = new PairObjective(policy, pairs, ReferenceScores.Compute(reference, [TrainingPair.Rows(pairs)], pad: 0),
                new PreferenceOptions { Loss = LossConfig.Read(config), ReferenceIsStart = false });
            var metrics = FirstStep.Of(objective);
            Check($"{file}/{name}/loss", metrics["loss"], setting.GetProperty("loss").GetDouble(), LossTolerance, 0.2);
            Check($"{file}/{name}/grad_norm", metrics["grad_norm"], setting.GetProperty("grad_norm").GetDouble(), NormTolerance, 1e-3);
            foreach (var metric in setting.GetProperty("metrics").EnumerateObject())
            {
                var theirs = metric.Value.GetDouble();
                Assert.True(Math.Abs(metrics[metric.Name] - theirs) <= 1e-4 * Math.Max(1, Math.Abs(theirs)), $"{name}: {metric.Name}");
            }
        }
    }

    static Transformer Open(JsonElement root, string which)
    {
        using var checkpoint = Checkpoint.Open(Shared.Golden("training", root.GetProperty(which).GetString()!));
        return new Transformer(checkpoint.Blueprint, checkpoint.Weights);
    }

    static void Check(string name, double ours, double theirs, double tolerance, double floor)
    {
        var worst = Math.Abs(ours - theirs) / Math.Max(Math.Abs(theirs), floor);
        GoldenReport.Line("Training", $"dpo_losses/{name.Replace(".json", "", StringComparison.Ordinal)}", worst, tolerance);
        Assert.True(worst <= tolerance, $"{name}: {ours} instead of {theirs}");
    }
}
