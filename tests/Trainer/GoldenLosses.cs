// Every preference loss of TRL on stored per-token log-probabilities, so only the loss's arithmetic is tested.
using System.Text.Json;
using Majlis.tests.Support;
using Majlis.Trainer.Losses;
using Xunit;
using static TorchSharp.torch;

namespace Majlis.tests.Trainer;

[Trait("Golden", "Training")]
public sealed class GoldenLosses
{
    /// <summary>Relative (README): 5e-5, or 1e-5 absolute near 0.</summary>
    const double Tolerance = 5e-5;

    public static TheoryData<string?> Files
    {
        get
        {
            var folder = Shared.Golden("training", "dpo_losses");
            if (!Directory.Exists(folder)) return [(string?)null];
            return [.. Directory.EnumerateFiles(folder, "*.json").Select(Path.GetFileName)
                .Where(name => !name!.Contains("cross_check")).Order()];
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void Every_setting_equals_TRL(string? file)
    {
        Assert.SkipWhen(file is null, "goldens/training is not here");
        using var json = JsonDocument.Parse(File.ReadAllBytes(Shared.Golden("training", "dpo_losses", file!)));
        foreach (var setting in json.RootElement.GetProperty("cases").EnumerateArray())
        {
            using var scope = NewDisposeScope();
            var name = setting.GetProperty("name").GetString()!;
            var config = setting.GetProperty("config");
            if (config.TryGetProperty("use_weighting", out var weighting) && weighting.GetBoolean())
                continue; // needs logits: see GoldenPairLosses
            var losses = PreferenceLosses.PerPair(Scores(setting, json.RootElement, config), LossConfig.Read(config));
            var expected = setting.GetProperty("loss").GetDouble();
            var worst = Math.Abs(losses.mean().item<float>() - expected) / Math.Max(0.2, Math.Abs(expected));
            GoldenReport.Line("Training", $"dpo_losses/{Path.GetFileNameWithoutExtension(file)}/{name}", worst, Tolerance);
            Assert.True(worst <= Tolerance, $"{name}: {losses.mean().item<float>()} instead of {expected}");
        }
    }

    /// <summary>The stored sums are the loss's inputs: already re-weighted where ld_alpha is set.</summary>
    static PairScores Scores(JsonElement setting, JsonElement root, JsonElement config)
    {
        var pairs = setting.GetProperty("pairs_used").EnumerateArray()
            .Select(index => root.GetProperty("pairs")[index.GetInt32()]).ToArray();
        int? most = config.TryGetProperty("max_length", out var length) && length.ValueKind == JsonValueKind.Number
            ? length.GetInt32() : null;
        var cut = pairs.Select(pair => LossConfig.Pair(pair).CutTo(most)!).ToArray();
        Tensor Column(string name) => tensor(setting.GetProperty(name).EnumerateArray().Select(value => value.GetSingle()).ToArray());
        return new PairScores(
            Column("policy_chosen_logps"), Column("policy_rejected_logps"), Column("ref_chosen_logps"), Column("ref_rejected_logps"))
        {
            ChosenTokens = tensor(cut.Select(pair => (float)pair.Chosen.Length).ToArray()),
            RejectedTokens = tensor(cut.Select(pair => (float)pair.Rejected.Length).ToArray()),
            ChosenSums = Column("policy_chosen_logps"),
        };
    }
}
