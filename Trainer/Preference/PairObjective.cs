// Preference pairs as an objective: the self-test against the reference, then the loss of every micro-batch, and the health rule. Knows no
// optimiser and no files.
using Majlis.Trainer.Losses;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Sequences;
using static TorchSharp.torch;

namespace Majlis.Trainer.Preference;

public sealed class PairObjective : IObjective
{
    readonly Policy policy;
    readonly IReadOnlyList<TrainingPair> pairs;
    readonly ReferenceScores? reference;
    readonly PreferenceOptions options;

    /// <param name="policy">The network to train; its parameters change in place.</param>
    /// <param name="pairs">Already cut to the maximum length.</param>
    /// <param name="reference">Scores of exactly these pairs; null where no loss needs them.</param>
    /// <param name="options">Loss and health.</param>
    public PairObjective(Policy policy, IReadOnlyList<TrainingPair> pairs, ReferenceScores? reference, PreferenceOptions options)
    {
        if (PreferenceLosses.Problem(options.Loss) is { } problem) throw new ArgumentException(problem, nameof(options));
        if (reference is null && PreferenceLosses.NeedsReference(options.Loss))
            throw new ArgumentException("the loss needs a reference", nameof(reference));
        (this.policy, this.pairs, this.reference, this.options) = (policy, pairs, reference, options);
    }

    public int Items => pairs.Count;

    public IReadOnlyList<(string Name, Tensor Value)> Parameters => policy.Parameters;

    public StepOutcome Gradients(int step, IReadOnlyList<int[]> batches, bool unmoved)
    {
        // While nothing has moved the policy is the reference: rewards are exactly 0, not what two shapes of a batch round to.
        var isReference = reference is not null && unmoved && options.ReferenceIsStart;
        var largest = 0.0;
        var outcome = MicroBatches.Mean(step, batches, this, items =>
        {
            TrainingPair[] own = [.. items.Select(item => pairs[item])];
            var forward = PairForward.Of(policy, own, reference, options, isReference);
            largest = Math.Max(largest, forward.Distance);
            return new MicroBatchResult(forward.Loss, forward.Metrics, forward.Tokens);
        });
        return outcome.Refusal is null && isReference && SelfTest(outcome.Metrics["loss"], largest) is { } refusal
            ? outcome with { Refusal = refusal } : outcome;
    }

    public string PlaceOf(int item) => pairs[item].Id;

    public string? Health(IReadOnlyList<StepMetrics> log) => ChosenCollapse.Of(log, options.MaxChosenDrop, options.HealthWindow);

    public void Resume(StepMetrics last)
    {
        // Pairs remember nothing.
    }

    /// <summary>Before anything has moved, policy and reference are equal: every log-ratio is 0 and DPO's loss is ln 2.</summary>
    string? SelfTest(double loss, double distance)
    {
        if (!(distance <= options.SelfTestTolerance))
            return FormattableString.Invariant(
                $"self-test: policy and reference differ by {distance:0.####} before the first step; expected 0");
        var known = options.Loss is { Types: ["sigmoid"], Weights: null, UseWeighting: false } && pairs.All(pair => pair.Weight == 1);
        return known && Math.Abs(loss - Math.Log(2)) > 1e-6
            ? FormattableString.Invariant($"self-test: the first loss is {loss:0.######}; expected ln 2 = 0.693147") : null;
    }
}
