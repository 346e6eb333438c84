// The training loop: steps over pairs until the schedule ends, the self-test fails or the chosen answers collapse. Deterministic in
// its options; may be stopped after any saved step and continued to the same bits. Knows no files but its state's.
using Majlis.Torch;
using Majlis.Trainer.Optimization;
using static TorchSharp.torch;

namespace Majlis.Trainer.Preference;

/// <summary>The end of a run. <paramref name="Refusal"/> says why its result must not be used, or is null.</summary>
public sealed record TrainingResult(int Steps, IReadOnlyList<StepMetrics> Log, string? Refusal);

public sealed class DpoTrainer : IDisposable
{
    readonly Policy policy;
    readonly IReadOnlyList<TrainingPair> pairs;
    readonly ReferenceScores reference;
    readonly DpoOptions options;
    readonly BatchOrder order;
    readonly LearningRate schedule;
    readonly Optimizer optimiser;
    readonly List<StepMetrics> log = [];
    double tokensSeen;

    /// <param name="policy">The network to train; its parameters change in place.</param>
    /// <param name="pairs">Already cut to the maximum length.</param>
    /// <param name="reference">Scores of exactly these pairs under the starting weights.</param>
    /// <param name="options">Everything else.</param>
    public DpoTrainer(Policy policy, IReadOnlyList<TrainingPair> pairs, ReferenceScores reference, DpoOptions options)
    {
        if (pairs.Count == 0) throw new ArgumentException("there are no pairs to train on", nameof(pairs));
        Losses.PreferenceLosses.Check(options.Loss);
        (this.policy, this.pairs, this.reference, this.options) = (policy, pairs, reference, options);
        order = new BatchOrder(pairs.Count, options.BatchPairs, options.Accumulation, options.Seed, options.Shuffle);
        TotalSteps = options.Steps ?? options.Epochs * order.StepsPerEpoch;
        schedule = new LearningRate(options.Schedule, options.WarmupSteps, TotalSteps);
        optimiser = new Optimizer(policy.Parameters, options.Updates);
    }

    public int TotalSteps { get; }

    /// <summary>Optimiser steps done.</summary>
    public int Step => optimiser.Step;

    /// <summary>Runs to the end. <paramref name="afterStep"/> gets every step's metrics (progress, saving, stopping by throwing).</summary>
    public TrainingResult Run(Action<StepMetrics> afterStep)
    {
        TrainingResult End(string? refusal) => new(Step, log, refusal);
        if (Collapsed() is { } before) return End(before); // killed after a state was saved and before this check
        while (Step < TotalSteps)
        {
            var metrics = Gradients(out var largestRatio);
            if (Step == 0 && SelfTest(metrics, largestRatio) is { } refusal) return End(refusal);
            metrics["grad_norm"] = GradientNorm.Clip(policy.Parameters, options.MaxGradientNorm);
            if (NotFinite(metrics) is { } broken) return End(broken);
            log.Add(Update(metrics));
            afterStep(log[^1]);
            if (Collapsed() is { } collapse) return End(collapse);
        }
        return End(null);
    }

    public void Save(string folder) => TrainingState.Save(folder, policy.Parameters, optimiser, log, tokensSeen);

    /// <summary>Restores a saved state; false when there is none. <paramref name="say"/> gets a line about a damaged one.</summary>
    public bool TryRestore(string folder, Action<string> say)
    {
        if (TrainingState.Load(folder, policy.Parameters, optimiser, say) is not { } state) return false;
        log.AddRange(state.Log);
        tokensSeen = state.TokensSeen;
        return true;
    }

    public void Dispose() => optimiser.Dispose();

    /// <summary>The gradients of one step: the mean over its micro-batches.</summary>
    Dictionary<string, double> Gradients(out double largestRatio)
    {
        GradientNorm.Clear(policy.Parameters);
        var (sums, batches) = (new StepSums(), order.Step(Step));
        largestRatio = 0;
        foreach (var indices in batches)
        {
            using var scope = NewDisposeScope();
            using var batch = PairBatch.Of([.. indices.Select(index => pairs[index])], options.PadToken);
            var forward = PairForward.Of(policy, batch, reference, options.Loss);
            forward.Loss.Over(batches.Count).backward();
            sums.Add(forward.Metrics);
            largestRatio = Math.Max(largestRatio, LargestRatio(forward));
            tokensSeen += batch.TokenCount;
        }
        return sums.Means();
    }

    static double LargestRatio(PairForward forward) =>
        Math.Max(forward.Scores.ChosenRatio.abs().max().item<float>(), forward.Scores.RejectedRatio.abs().max().item<float>());

    /// <summary>Before the first update policy and reference are equal: every log-ratio is 0 and DPO's loss is ln 2.</summary>
    string? SelfTest(Dictionary<string, double> metrics, double largestRatio)
    {
        if (!(largestRatio <= options.SelfTestTolerance))
            return FormattableString.Invariant(
                $"self-test: policy and reference differ by {largestRatio:0.####} before the first step; expected 0");
        var known = options.Loss is { Types: ["sigmoid"], Weights: null, UseWeighting: false } && pairs.All(pair => pair.Weight == 1);
        return known && Math.Abs(metrics["loss"] - Math.Log(2)) > options.Loss.Beta * options.SelfTestTolerance + 1e-6
            ? FormattableString.Invariant($"self-test: the first loss is {metrics["loss"]:0.#####}; expected ln 2 = 0.69315") : null;
    }

    StepMetrics Update(Dictionary<string, double> metrics)
    {
        var rate = options.LearningRate * schedule.Factor(Step);
        optimiser.Update(rate);
        metrics["learning_rate"] = rate;
        metrics["num_tokens"] = tokensSeen;
        metrics["epoch"] = order.Epochs(Step);
        metrics["rewards/chosen_slope"] = log.Count == 0 ? 0 : metrics["rewards/chosen"] - log[^1]["rewards/chosen"];
        return new StepMetrics(Step, metrics);
    }

    /// <summary>A step with numbers that are not finite is not taken: it would make every weight not finite.</summary>
    string? NotFinite(Dictionary<string, double> metrics) =>
        double.IsFinite(metrics["loss"]) && double.IsFinite(metrics["grad_norm"]) ? null : FormattableString.Invariant(
            $"health: at step {Step + 1} the loss is {metrics["loss"]} and the gradient's norm {metrics["grad_norm"]}; ")
            + "expected finite numbers; lower the learning rate";

    /// <summary>The health rule: chosen answers that become very unlikely mean a broken policy, whatever the margins are.</summary>
    string? Collapsed()
    {
        if (log.Count < options.HealthWindow) return null;
        var drop = log.TakeLast(options.HealthWindow).Average(step => step["chosen_drop_per_token"]);
        return drop <= options.MaxChosenDrop ? null : FormattableString.Invariant(
                $"health: the chosen answers lost {drop:0.##} nats per token against the reference (limit {options.MaxChosenDrop}); ")
            + "lower the learning rate";
    }
}
