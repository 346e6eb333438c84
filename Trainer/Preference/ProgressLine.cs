// One line per step: position, loss and margin, rate and remaining time.
using Majlis.Trainer.Optimization;
using static System.FormattableString;

namespace Majlis.Trainer.Preference;

sealed class ProgressLine(string name, int startStep, int totalSteps, TimeProvider time)
{
    readonly Pace pace = new("steps", startStep, totalSteps, time);

    public string Of(StepMetrics step) =>
        Invariant($"{name}: step {step.Step}/{totalSteps} loss {step["loss"]:0.0000} margin {step["rewards/margins"]:0.000} ")
        + Invariant($"accuracy {step["rewards/accuracies"]:0.00} chosen {step["logps/chosen"]:0.0} grad {step["grad_norm"]:0.00} ")
        + Invariant($"lr {step["learning_rate"]:0.0e+0}, {pace.At(step.Step)}");
}
