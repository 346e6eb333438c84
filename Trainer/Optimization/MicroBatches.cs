// A step whose loss is the mean of its micro-batches' losses: the gradients, the metrics' means, and what is not finite by name.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Optimization;

/// <summary>A micro-batch's loss, with gradient; its metrics; its tokens.</summary>
sealed record MicroBatchResult(Tensor Loss, IReadOnlyList<(string Name, double Value)> Metrics, long Tokens);

static class MicroBatches
{
    const int PlacesNamed = 8;

    /// <param name="step">Counted from 0.</param>
    /// <param name="batches">Items of each micro-batch; the last may be smaller and counts as much as any other, as in TRL.</param>
    /// <param name="objective">Names the items' places.</param>
    /// <param name="forward">From items to their loss.</param>
    public static StepOutcome Mean(int step, IReadOnlyList<int[]> batches, IObjective objective, Func<int[], MicroBatchResult> forward)
    {
        var (sums, tokens) = (new StepSums(), 0L);
        foreach (var (index, items) in batches.Index())
        {
            using var scope = NewDisposeScope();
            var result = forward(items);
            var loss = result.Loss.detach().Number();
            if (!double.IsFinite(loss))
                return new StepOutcome(
                    [], 0, NotFinite(step, $"the loss of micro-batch {index + 1}", loss, items.Select(objective.PlaceOf)));
            result.Loss.Over(batches.Count).backward();
            sums.Add([("loss", loss), .. result.Metrics]);
            tokens += result.Tokens;
        }
        return new StepOutcome(sums.Means(), tokens);
    }

    /// <summary>A step with a number that is not finite is not taken: it would make every weight not finite.</summary>
    public static string NotFinite(int step, string what, double value, IEnumerable<string> places)
    {
        string[] all = [.. places];
        return FormattableString.Invariant($"health: step {step + 1}: {what} is {value}; expected a finite number. The batch: ")
            + string.Join(", ", all.Take(PlacesNamed)) + (all.Length > PlacesNamed ? $" and {all.Length - PlacesNamed} more" : "")
            + (step == 0 ? ". Nothing was learnt before it: look at these rows, and at the model's own numbers"
                : ". Lower the learning rate, or look at these rows");
    }
}
