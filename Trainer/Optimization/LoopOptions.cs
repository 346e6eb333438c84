// The options of a training loop, whatever it minimises. With the same weights and items, equal options give equal bits.
namespace Majlis.Trainer.Optimization;

public sealed record LoopOptions
{
    public OptimizerOptions Updates { get; init; } = new();
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Where cosine_with_min_lr and warmup_stable_decay end.</summary>
    public double LeastLearningRate { get; init; }

    /// <summary>Name of a schedule in <see cref="Optimization.LearningRate"/>.</summary>
    public string Schedule { get; init; } = "linear";
    public int WarmupSteps { get; init; }

    /// <summary>The last steps, in which warmup_stable_decay falls.</summary>
    public int DecaySteps { get; init; }
    public int Epochs { get; init; } = 1;

    /// <summary>Optimiser steps; null = whole epochs.</summary>
    public int? Steps { get; init; }

    /// <summary>Items per micro-batch.</summary>
    public int BatchItems { get; init; } = 2;

    /// <summary>Micro-batches per optimiser step.</summary>
    public int Accumulation { get; init; } = 4;
    public double MaxGradientNorm { get; init; } = 1;
    public int Seed { get; init; }

    /// <summary>False keeps the items' own order in every epoch.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Saved states that stay.</summary>
    public int Keep { get; init; } = 1;
}
