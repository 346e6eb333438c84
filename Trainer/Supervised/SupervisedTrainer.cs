// The training loop: steps over packed rows until the schedule ends or a number is not finite. Deterministic in its options; may be stopped
// after any saved step and continued to the same bits. Knows no files but its states'.
using Majlis.Torch.Packed;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Supervised.Data;
using static TorchSharp.torch;

namespace Majlis.Trainer.Supervised;

/// <summary>The end of a run. <paramref name="Refusal"/> says why its result must not be used, or is null.</summary>
public sealed record SupervisedResult(int Steps, IReadOnlyList<StepMetrics> Log, string? Refusal);

public sealed class SupervisedTrainer : IDisposable
{
    readonly PackedTransformer network;
    readonly IReadOnlyList<(string Name, Tensor Value)> parameters;
    readonly IReadOnlyList<Example> examples;
    readonly IReadOnlyList<int[]> rows;
    readonly SupervisedOptions options;
    readonly BatchOrder order;
    readonly LearningRate schedule;
    readonly Optimizer optimiser;
    readonly List<StepMetrics> log = [];
    double tokensSeen;

    /// <param name="network">The network to train.</param>
    /// <param name="parameters">Its masters, which change in place; always in the same order.</param>
    /// <param name="examples">None longer than the row.</param>
    /// <param name="options">Everything else.</param>
    public SupervisedTrainer(PackedTransformer network, IReadOnlyList<(string Name, Tensor Value)> parameters,
        IReadOnlyList<Example> examples, SupervisedOptions options)
    {
        (this.network, this.parameters, this.examples, this.options) = (network, parameters, examples, options);
        rows = options.Packing ? Packing.BestFit([.. examples.Select(example => example.Tokens.Length)], options.MaxLength)
            : Packing.None(examples.Count);
        order = new BatchOrder(rows.Count, options.BatchRows, options.Accumulation, options.Seed, options.Shuffle);
        TotalSteps = options.Steps ?? options.Epochs * order.StepsPerEpoch;
        schedule = new LearningRate(options.Schedule, options.WarmupSteps, TotalSteps)
        {
            Least = options.LearningRate > 0 ? options.LeastLearningRate / options.LearningRate : 0,
            DecaySteps = options.DecaySteps,
        };
        optimiser = new Optimizer(parameters, options.Updates);
    }

    public int TotalSteps { get; }

    public int Rows => rows.Count;

    /// <summary>Optimiser steps done.</summary>
    public int Step => optimiser.Step;

    /// <summary>Runs to the end. <paramref name="afterStep"/> gets every step's metrics (progress, saving, stopping by throwing).</summary>
    public SupervisedResult Run(Action<StepMetrics> afterStep)
    {
        while (Step < TotalSteps)
        {
            if (Gradients(out var metrics) is { } broken) return new(Step, log, broken);
            metrics["grad_norm"] = GradientNorm.Clip(parameters, options.MaxGradientNorm);
            if (!double.IsFinite(metrics["grad_norm"]))
                return new(Step, log, Refuse("the gradient's norm", metrics["grad_norm"], BatchesOf(Step)));
            log.Add(Update(metrics));
            afterStep(log[^1]);
        }
        return new(Step, log, null);
    }

    public void Save(string folder) => TrainingState.Save(folder, parameters, optimiser, log, tokensSeen, options.Keep);

    /// <summary>Restores a saved state; false when there is none. <paramref name="say"/> gets a line about a damaged one.</summary>
    public bool TryRestore(string folder, Action<string> say)
    {
        if (TrainingState.Load(folder, parameters, optimiser, say) is not { } state) return false;
        log.AddRange(state.Log);
        tokensSeen = state.TokensSeen;
        return true;
    }

    public void Dispose() => optimiser.Dispose();

    MicroBatch[] BatchesOf(int step) => [.. order.Step(step).Select(batch =>
        MicroBatch.Of(batch.SelectMany(row => rows[row]).Select(index => (index, examples[index])), step, options))];

    /// <summary>The gradients of one step: the sum of its tokens' losses over their weights. What is not finite is told.</summary>
    string? Gradients(out Dictionary<string, double> metrics)
    {
        GradientNorm.Clear(parameters);
        var batches = BatchesOf(Step);
        var (total, loss, right, scored) = (batches.Sum(batch => batch.TotalWeight), 0.0, 0, 0);
        metrics = [];
        for (var i = 0; i < batches.Length; i++)
        {
            var result = Backward(batches[i], total, out var count);
            if (!double.IsFinite(result.Loss)) return Refuse($"the loss of micro-batch {i + 1}", result.Loss, [batches[i]]);
            loss += result.Loss;
            (right, scored) = (right + result.Right, scored + count);
            tokensSeen += batches[i].Tokens;
        }
        (metrics["loss"], metrics["mean_token_accuracy"]) = (loss, right / (double)Math.Max(1, scored));
        return null;
    }

    HeadLossResult Backward(MicroBatch batch, double total, out int scored)
    {
        using var scope = NewDisposeScope();
        using var packed = new PackedBatch([.. batch.Examples.Select(example => example.Tokens)]);
        var (rows, labels, weights) = (new List<int>(), new List<int>(), new List<float>());
        for (var i = 0; i < batch.Examples.Count; i++)
            for (var t = 1; t < batch.Examples[i].Tokens.Length; t++)
            {
                if (batch.Weights[i][t] == 0) continue;
                rows.Add(packed.Sequences[i].First + t - 1);
                labels.Add(batch.Examples[i].Tokens[t]);
                weights.Add((float)(batch.Weights[i][t] / total));
            }
        scored = rows.Count;
        return scored == 0 ? default
            : HeadLoss.Backward(network, network.States(packed), [.. rows], [.. labels], [.. weights], options.LossType == "dft");
    }

    StepMetrics Update(Dictionary<string, double> metrics)
    {
        var rate = options.LearningRate * schedule.Factor(Step);
        optimiser.Update(rate);
        metrics["learning_rate"] = rate;
        metrics["num_tokens"] = tokensSeen;
        metrics["epoch"] = order.Epochs(Step);
        return new StepMetrics(Step, metrics);
    }

    /// <summary>A step with numbers that are not finite is not taken: it would make every weight not finite.</summary>
    string Refuse(string what, double value, IReadOnlyList<MicroBatch> batches)
    {
        var places = batches.SelectMany(batch => batch.Examples).Select(example => example.Place).ToArray();
        return FormattableString.Invariant($"step {Step + 1}: {what} is {value}; expected a finite number. The batch: ")
            + string.Join(", ", places.Take(8)) + (places.Length > 8 ? $" and {places.Length - 8} more" : "")
            + ". Lower the learning rate, or look at these rows";
    }
}
