// One line per step: position, loss and accuracy, rate and remaining time. Knows no clock but the one given.
using Majlis.Trainer.Optimization;
using static System.FormattableString;

namespace Majlis.Trainer.Stages;

sealed class ProgressLine(string name, int startStep, int totalSteps, TimeProvider time)
{
    static readonly string[] accuracies = ["rewards/accuracies", "accuracy", "mean_token_accuracy"];

    readonly Pace pace = new("steps", startStep, totalSteps, time);
    long before = time.GetTimestamp();
    double? tokens;

    public string Of(StepMetrics step)
    {
        var elapsed = time.GetElapsedTime(before).TotalSeconds;
        var rate = tokens is { } seen && elapsed > 0 ? Invariant($"{(step["num_tokens"] - seen) / elapsed:0} tokens/s, ") : "";
        (before, tokens) = (time.GetTimestamp(), step["num_tokens"]);
        var accuracy = accuracies.FirstOrDefault(step.Values.ContainsKey) is { } metric ? Invariant($" accuracy {step[metric]:0.00}") : "";
        var margin = step.Values.TryGetValue("rewards/margins", out var value) ? Invariant($" margin {value:0.000}") : "";
        return Invariant($"{name}: step {step.Step}/{totalSteps} loss {step["loss"]:0.0000}{margin}{accuracy} ")
            + Invariant($"grad {step["grad_norm"]:0.00} lr {step["learning_rate"]:0.0e+0}, {rate}{pace.At(step.Step)}");
    }
}
