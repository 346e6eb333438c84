// TRL's settings in the golden files as our options.
using System.Text.Json;
using Majlis.Trainer.Losses;
using Majlis.Trainer.Preference;

namespace Majlis.tests.Trainer;

static class LossConfig
{
    public static LossOptions Read(JsonElement config)
    {
        double Number(string name, double otherwise) =>
            config.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : otherwise;
        return new LossOptions
        {
            Types = [.. config.GetProperty("loss_type").EnumerateArray().Select(type => type.GetString()!)],
            Weights = config.TryGetProperty("loss_weights", out var weights) && weights.ValueKind == JsonValueKind.Array
                ? [.. weights.EnumerateArray().Select(weight => weight.GetDouble())] : null,
            Beta = Number("beta", 0.1),
            LabelSmoothing = Number("label_smoothing", 0),
            DiscopopTau = Number("discopop_tau", 0.05),
            Divergence = config.TryGetProperty("f_divergence_type", out var divergence) ? divergence.GetString()! : "reverse_kl",
            DivergenceAlpha = Number("f_alpha_divergence_coef", 0.5),
            LengthAlpha = config.TryGetProperty("ld_alpha", out var alpha) && alpha.ValueKind == JsonValueKind.Number
                ? alpha.GetDouble() : null,
            UseWeighting = config.TryGetProperty("use_weighting", out var weighting) && weighting.ValueKind == JsonValueKind.True,
        };
    }

    public static TrainingPair Pair(JsonElement pair, string id = "") =>
        new(id, Ids(pair, "prompt"), Ids(pair, "chosen"), Ids(pair, "rejected"));

    static int[] Ids(JsonElement pair, string name) => [.. pair.GetProperty(name).EnumerateArray().Select(token => token.GetInt32())];
}
