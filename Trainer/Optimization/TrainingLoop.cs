// The training loop: steps until the schedule ends, a number is not finite or the objective finds the run unwell. Deterministic in its
// options; may be stopped after any saved step and continued to the same bits. Knows no data, no loss, and no files but its states'.
namespace Majlis.Trainer.Optimization;

/// <summary>The end of a run. <paramref name="Refusal"/> says why its result must not be used, or is null.</summary>
public sealed record TrainingResult(int Steps, IReadOnlyList<StepMetrics> Log, string? Refusal);

public sealed class TrainingLoop : IDisposable
{
    readonly IObjective objective;
    readonly LoopOptions options;
    readonly BatchOrder order;
    readonly LearningRate schedule;
    readonly Optimizer optimiser;
    readonly List<StepMetrics> log = [];
    double tokensSeen;

    /// <param name="objective">Its parameters change in place.</param>
    /// <param name="options">Everything else.</param>
    public TrainingLoop(IObjective objective, LoopOptions options)
    {
        if (objective.Items == 0) throw new ArgumentException("there is nothing to train on", nameof(objective));
        (this.objective, this.options) = (objective, options);
        order = new BatchOrder(objective.Items, options.BatchItems, options.Accumulation, options.Seed, options.Shuffle);
        TotalSteps = options.Steps ?? options.Epochs * order.StepsPerEpoch;
        schedule = new LearningRate(options.Schedule, options.WarmupSteps, TotalSteps)
        {
            Least = options.LearningRate > 0 ? options.LeastLearningRate / options.LearningRate : 0,
            DecaySteps = options.DecaySteps,
            End = options.LearningRate > 0 ? LearningRate.PolynomialEnd / options.LearningRate : 0,
        };
        optimiser = new Optimizer(objective.Parameters, options.Updates);
    }

    public int TotalSteps { get; }

    /// <summary>The metrics of every step so far.</summary>
    public IReadOnlyList<StepMetrics> Log => log;

    /// <summary>Other items of the same parameters, measured after each epoch; null where there are none.</summary>
    public IObjective? Validation { get; init; }

    /// <summary>Optimiser steps done.</summary>
    public int Step => optimiser.Step;

    /// <summary>Whether the last step was an epoch's last, or the run's.</summary>
    public bool EndsEpoch => Step > 0 && (Step % order.StepsPerEpoch == 0 || Step == TotalSteps);

    /// <summary>Whether every step so far had the learning rate 0: then the parameters are those that the run began with.</summary>
    bool Unmoved => log.Count == Step && log.TrueForAll(step => step["learning_rate"] == 0);

    /// <summary>Runs to the end. <paramref name="afterStep"/> gets every step's metrics (progress, saving, stopping by throwing).</summary>
    public TrainingResult Run(Action<StepMetrics> afterStep)
    {
        TrainingResult End(string? refusal) => new(Step, log, refusal);
        if (objective.Health(log) is { } before) return End(before); // killed after a state was saved and before this check
        while (Step < TotalSteps)
        {
            GradientNorm.Clear(objective.Parameters);
            var batches = order.Step(Step);
            var outcome = objective.Gradients(Step, batches, Unmoved);
            if (outcome.Refusal is { } refusal) return End(refusal);
            if (Clip(outcome, batches) is { } broken) return End(broken);
            log.Add(Update(outcome));
            afterStep(log[^1]);
            if (objective.Health(log) is { } sick) return End(sick);
        }
        return End(null);
    }

    public void Save(string folder) => TrainingState.Save(folder, objective.Parameters, optimiser, log, tokensSeen, options.Keep);

    /// <summary>Restores a saved state; false when there is none. <paramref name="say"/> gets a line about a damaged one.</summary>
    public bool TryRestore(string folder, Action<string> say)
    {
        if (TrainingState.Load(folder, objective.Parameters, optimiser, say) is not { } state) return false;
        log.AddRange(state.Log);
        tokensSeen = state.TokensSeen;
        if (log.Count > 0) objective.Resume(log[^1]);
        return true;
    }

    public void Dispose() => optimiser.Dispose();

    /// <summary>What is not finite, or null where the gradients are scaled and may be used.</summary>
    string? Clip(StepOutcome outcome, IReadOnlyList<int[]> batches)
    {
        var norm = outcome.Metrics["grad_norm"] = GradientNorm.Clip(objective.Parameters, options.MaxGradientNorm);
        if (double.IsFinite(norm)) return null;
        var what = GradientNorm.FirstNotFinite(objective.Parameters) is { } name ? $"the gradient of {name}" : "the gradients' joint norm";
        return MicroBatches.NotFinite(Step, what, norm, batches.SelectMany(items => items).Select(objective.PlaceOf));
    }

    StepMetrics Update(StepOutcome outcome)
    {
        var (metrics, rate) = (outcome.Metrics, options.LearningRate * schedule.Factor(Step));
        tokensSeen += outcome.Tokens;
        optimiser.Update(rate);
        metrics["learning_rate"] = rate;
        metrics["num_tokens"] = tokensSeen;
        metrics["epoch"] = order.Epochs(Step);
        if (metrics.TryGetValue("rewards/chosen", out var reward))
            metrics["rewards/chosen_slope"] = log.Count == 0 ? 0 : reward - log[^1].Values.GetValueOrDefault("rewards/chosen", reward);
        if (EndsEpoch) Validate(metrics);
        return new StepMetrics(Step, metrics);
    }

    // Gradients are made as well, and cleared before they are used: no second road through an objective can differ from the first.
    void Validate(Dictionary<string, double> metrics)
    {
        if (Validation is null) return;
        GradientNorm.Clear(objective.Parameters);
        int[] items = [.. Enumerable.Range(0, Validation.Items)];
        foreach (var (name, value) in Validation.Gradients(Step, [.. items.Chunk(options.BatchItems)], unmoved: false).Metrics)
            metrics[$"eval_{name}"] = value;
    }
}
