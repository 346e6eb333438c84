// The health rule of every training against a reference: good answers that become very unlikely mean a broken policy, whatever the margins
// are. Knows a log and no network.
using Majlis.Trainer.Optimization;
using static System.FormattableString;

namespace Majlis.Trainer.Preference;

static class ChosenCollapse
{
    /// <summary>How much less likely than under the reference the good answers are, in nats per token.</summary>
    public const string Metric = "chosen_drop_per_token";

    /// <summary>Null while the mean over the last <paramref name="window"/> steps that measured it is within the limit.</summary>
    public static string? Of(IReadOnlyList<StepMetrics> log, double most, int window)
    {
        var drops = log.Reverse().Where(step => step.Values.ContainsKey(Metric)).Take(window).Select(step => step[Metric]).ToArray();
        if (drops.Length < window || drops.Average() is var drop && drop <= most) return null;
        return Invariant($"health: the chosen answers lost {drops.Average():0.##} nats per token against the reference (limit {most}); ")
            + "lower the learning rate";
    }
}
