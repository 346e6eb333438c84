// All options of a preference run. With the same weights and pairs, equal options give equal bits.
using Majlis.Trainer.Losses;
using Majlis.Trainer.Optimization;

namespace Majlis.Trainer.Preference;

public sealed record DpoOptions
{
    public LossOptions Loss { get; init; } = new();
    public OptimizerOptions Updates { get; init; } = new();
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Name of a schedule in <see cref="LearningRate"/>.</summary>
    public string Schedule { get; init; } = "linear";
    public int WarmupSteps { get; init; }
    public int Epochs { get; init; } = 1;

    /// <summary>Optimiser steps; null = whole epochs.</summary>
    public int? Steps { get; init; }

    /// <summary>Pairs per micro-batch.</summary>
    public int BatchPairs { get; init; } = 2;

    /// <summary>Micro-batches per optimiser step.</summary>
    public int Accumulation { get; init; } = 4;
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Tokens per side, counted from the start; null = all.</summary>
    public int? MaxLength { get; init; }
    public int PadToken { get; init; }
    public int Seed { get; init; }

    /// <summary>False keeps the pairs' own order in every epoch.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Largest sequence log-ratio that the ln 2 self-test takes for rounding; exact arithmetic gives 0.</summary>
    public double SelfTestTolerance { get; init; } = 1e-2;

    /// <summary>
    /// The run stops when the chosen answers' log-probability, averaged over the window, is this much below the reference's. In nats
    /// per token.
    /// </summary>
    public double MaxChosenDrop { get; init; } = 1;
    public int HealthWindow { get; init; } = 4;

    /// <summary>Optimiser steps between two saved states.</summary>
    public int SaveEvery { get; init; } = 8;
}
