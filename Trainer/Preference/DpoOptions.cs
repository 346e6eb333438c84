// Everything that decides a preference run. With the weights and the pairs, equal options give equal bits.
using Majlis.Trainer.Losses;

namespace Majlis.Trainer.Preference;

public sealed record DpoOptions
{
    public LossOptions Loss { get; init; } = new();
    public AdamWOptions Adam { get; init; } = new();
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>A name of <see cref="LearningRate"/>'s schedules.</summary>
    public string Schedule { get; init; } = "linear";
    public int WarmupSteps { get; init; }
    public int Epochs { get; init; } = 1;

    /// <summary>Optimiser steps; null = whole epochs.</summary>
    public int? Steps { get; init; }

    /// <summary>Pairs computed at once.</summary>
    public int BatchPairs { get; init; } = 2;

    /// <summary>Micro-batches per optimiser step.</summary>
    public int Accumulation { get; init; } = 4;
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Tokens a side, the start is kept; null = all.</summary>
    public int? MaxLength { get; init; }
    public int PadToken { get; init; }
    public int Seed { get; init; }

    /// <summary>False = the pairs' own order in every epoch.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Largest log-ratio of a sequence that the ln 2 self-test lets pass as rounding: 0 in exact arithmetic.</summary>
    public double SelfTestTolerance { get; init; } = 1e-2;

    /// <summary>The run stops when the chosen answers' log-probability has fallen so far below the reference's, per token, over the window.</summary>
    public double MaxChosenDrop { get; init; } = 1;
    public int HealthWindow { get; init; } = 4;

    /// <summary>Optimiser steps between two saved states.</summary>
    public int SaveEvery { get; init; } = 8;
}
