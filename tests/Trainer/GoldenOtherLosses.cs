// TRL's losses without a reference and on single answers, through a real network: loss, metrics and gradient norm of every setting.
using System.Text.Json;
using Majlis.Model;
using Majlis.tests.Support;
using Majlis.Torch;
using Majlis.Trainer.Losses;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Sequences;
using Majlis.Trainer.Unpaired;
using TorchSharp;
using Xunit;

namespace Majlis.tests.Trainer;

[Trait("Golden", "Training")]
public sealed class GoldenOtherLosses
{
    const double LossTolerance = 5e-5, NormTolerance = 1e-4, MetricTolerance = 2e-4;

    public static TheoryData<string?> Files
    {
        get
        {
            var folder = Shared.Golden("training", "other_losses");
            return !Directory.Exists(folder) ? [(string?)null]
                : [.. Directory.EnumerateFiles(folder, "*.json").Select(Path.GetFileName).Order()];
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void Losses_without_a_reference_equal_TRLs(string? file) => Run(file, ["cpo", "orpo"], (root, kind, setting) =>
    {
        TrainingPair[] pairs = [.. root.GetProperty("pairs").EnumerateArray().Select((pair, index) => LossConfig.Pair(pair, $"{index}"))];
        using var model = Open(root, "policy");
        return FirstStep.Of(new PairObjective(TorchPolicy.WithAllWeights(model), pairs, reference: null,
            new PreferenceOptions { Loss = kind == "orpo" ? Orpo(setting) : Cpo(setting) }));
    });

    [Theory, MemberData(nameof(Files))]
    public void Losses_of_single_answers_equal_TRLs(string? file) => Run(file, ["kto"], (root, _, setting) =>
    {
        var config = setting.GetProperty("config");
        var options = new UnpairedOptions
        {
            Loss = config.TryGetProperty("loss_type", out var type) ? type.GetString()! : UnpairedOptions.Kto,
            Beta = Number(config, "beta", 0.1),
            DesirableWeight = Number(config, "desirable_weight", 1),
            UndesirableWeight = Number(config, "undesirable_weight", 1),
            ReferenceIsStart = false,
        };
        UnpairedExample[] rows = [.. root.GetProperty("kto_rows").EnumerateArray().Select((row, index) => new UnpairedExample(
            $"{index}", Ids(row, "prompt"), Ids(row, "completion"), row.GetProperty("label").GetBoolean()))];
        var examples = UnpairedExample.Mismatch(rows, rows.Length);
        using var model = Open(root, "policy");
        using var other = Open(root, "reference");
        var reference = ReferenceScores.Compute(
            TorchPolicy.WithAllWeights(other), UnpairedObjective.Rows(examples, options, rows.Length), pad: 0);
        return FirstStep.Of(new UnpairedObjective(TorchPolicy.WithAllWeights(model), examples, reference, options));
    });

    /// <summary>Online DPO's sampled pairs, of which the better rewarded side is the chosen one; its ipo is not per token.</summary>
    [Theory, MemberData(nameof(Files))]
    public void Pairs_of_sampled_answers_equal_TRLs_online_loss(string? file)
    {
        Assert.SkipWhen(file is null, "goldens/training is not here");
        using var json = JsonDocument.Parse(File.ReadAllBytes(Shared.Golden("training", "other_losses", file!)));
        foreach (var setting in json.RootElement.GetProperty("online_dpo").EnumerateArray()
            .Where(setting => setting.GetProperty("loss_type").GetString() == "sigmoid"))
        {
            using var scope = torch.NewDisposeScope();
            var (policy, reference) = (Rows(setting, "policy_logps"), Rows(setting, "ref_logps"));
            var mask = Rows(setting, "completion_mask");
            float Ratio(int row) => policy[row].Zip(reference[row], mask[row]).Sum(token => (token.First - token.Second) * token.Third);
            torch.Tensor Ratios(string side) => torch.tensor(Ids(setting, side).Select(Ratio).ToArray());
            var losses = DpoLoss.Of(Ratios("chosen_indices"), Ratios("rejected_indices"), setting.GetProperty("beta").GetDouble());
            Check($"{file}/online_dpo", losses.mean().Number(), setting.GetProperty("loss").GetDouble(), LossTolerance, 0.2);
        }
    }

    static void Run(string? file, string[] kinds, Func<JsonElement, string, JsonElement, StepMetrics> measure)
    {
        Assert.SkipWhen(file is null, "goldens/training is not here");
        using var json = JsonDocument.Parse(File.ReadAllBytes(Shared.Golden("training", "other_losses", file!)));
        foreach (var kind in kinds)
            foreach (var setting in json.RootElement.GetProperty(kind).EnumerateArray())
            {
                var name = $"{file}/{kind}/{setting.GetProperty("name").GetString()}";
                var metrics = measure(json.RootElement, kind, setting);
                Check($"{name}/loss", metrics["loss"], setting.GetProperty("loss").GetDouble(), LossTolerance, 0.2);
                Check($"{name}/grad_norm", metrics["grad_norm"], setting.GetProperty("grad_norm").GetDouble(), NormTolerance, 1e-3);
                // Where TRL computes no likelihood it says 0, we nothing. In these two trainers logits/* are means over prompts and padding
                // too; ours are over completions, as in DPO.
                foreach (var metric in setting.GetProperty("metrics").EnumerateObject()
                    .Where(metric => kind == "kto" || !metric.Name.StartsWith("logits/", StringComparison.Ordinal)))
                {
                    var ours = metrics.Values.GetValueOrDefault(metric.Name);
                    Check($"{name}/{metric.Name}", ours, metric.Value.GetDouble(), MetricTolerance, 0.1);
                }
            }
    }

    static LossOptions Cpo(JsonElement setting)
    {
        var (config, kind) = (setting.GetProperty("config"), setting.GetProperty("effective_loss_type").GetString()!);
        return new LossOptions
        {
            Types = [kind switch { "sigmoid" => "cpo", "simpo" => "simpo", _ => $"cpo_{kind}" }, "sft"],
            Weights = [1, setting.GetProperty("effective_cpo_alpha").GetDouble()],
            Beta = Number(config, "beta", 0.1),
            LabelSmoothing = Number(config, "label_smoothing", 0),
            SimpoGamma = Number(config, "simpo_gamma", 0.5),
            RewardAlpha = Number(config, "alpha", 0),
        };
    }

    static LossOptions Orpo(JsonElement setting) =>
        new() { Types = ["orpo"], Beta = Number(setting.GetProperty("config"), "beta", 0.1) };

    static double Number(JsonElement config, string name, double otherwise) =>
        config.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;

    static int[] Ids(JsonElement of, string name) => [.. of.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];

    static float[][] Rows(JsonElement of, string name) =>
        [.. of.GetProperty(name).EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetSingle()).ToArray())];

    static Transformer Open(JsonElement root, string which)
    {
        using var checkpoint = Checkpoint.Open(Shared.Golden("training", root.GetProperty(which).GetString()!));
        return new Transformer(checkpoint.Blueprint, checkpoint.Weights);
    }

    static void Check(string name, double ours, double theirs, double tolerance, double floor)
    {
        var worst = Math.Abs(ours - theirs) / Math.Max(Math.Abs(theirs), floor);
        GoldenReport.Line("Training", $"other_losses/{name.Replace(".json", "", StringComparison.Ordinal)}", worst, tolerance);
        Assert.True(worst <= tolerance, $"{name}: {ours} instead of {theirs}");
    }
}
