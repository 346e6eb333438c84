// A line now and then while a stage trains: step, loss, tokens a second, time left. Knows no clock but the one given.
using Majlis.Trainer.Optimization;
using static System.FormattableString;

namespace Majlis.Trainer.Supervised;

sealed class StepProgress(int startStep, int totalSteps, IProgress<string> progress, TimeProvider time)
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(10);

    readonly Pace pace = new("steps", startStep, totalSteps, time);
    long said = time.GetTimestamp();
    double? tokens;
    double loss;
    int steps;

    /// <summary>The first step, the last, and one each ten seconds; the loss is the mean since the line before.</summary>
    public void Add(StepMetrics step)
    {
        (loss, steps) = (loss + step["loss"], steps + 1);
        var elapsed = time.GetElapsedTime(said);
        if (tokens is not null && elapsed < interval && step.Step < totalSteps) return;
        var rate = tokens is { } before ? (step["num_tokens"] - before) / Math.Max(elapsed.TotalSeconds, 1e-9) : 0;
        progress.Report(Invariant($"step {step.Step}/{totalSteps} loss {loss / steps:0.0000} accuracy {step["mean_token_accuracy"]:0.00} ")
            + Invariant($"grad {step["grad_norm"]:0.00} lr {step["learning_rate"]:0.0e+0}, {rate:0} tokens/s, {pace.At(step.Step)}"));
        (said, tokens, loss, steps) = (time.GetTimestamp(), step["num_tokens"], 0, 0);
    }
}
