// What a stage began with, and what it came to: records for people and for the next stage. Knows no files.
using Majlis.Trainer.Optimization;

namespace Majlis.Trainer.Supervised;

/// <param name="Options">The recipe, with every default written out.</param>
/// <param name="DataHash">sha256 over the data files in order.</param>
/// <param name="ModelHash">sha256 of the weights to start from, or of the config where they are random.</param>
public sealed record SupervisedStart(SupervisedOptions Options, string DataHash, string ModelHash);

/// <summary>Mean loss and accuracy over some steps, the last of which is named.</summary>
public sealed record CurvePoint(int Step, double Loss, double Accuracy);

/// <param name="Stage">Always <c>sft</c>.</param>
/// <param name="Start">What it began with.</param>
/// <param name="Examples">Examples learnt from, in so many rows.</param>
/// <param name="Dropped">Rows of the data that had nothing to learn from.</param>
/// <param name="Cut">Rows of the data that were longer than the limit.</param>
/// <param name="Steps">Optimiser steps.</param>
/// <param name="Tokens">Tokens seen.</param>
/// <param name="Curve">The loss over the run.</param>
public sealed record SupervisedManifest(string Stage, SupervisedStart Start, int Examples, int Rows, int Dropped, int Cut, int Steps,
    double Tokens, IReadOnlyList<CurvePoint> Curve)
{
    const int Points = 20;

    /// <summary>sha256 of the weights to serve.</summary>
    public string? WeightsHash { get; init; }

    /// <summary>The run in at most twenty points.</summary>
    public static IReadOnlyList<CurvePoint> CurveOf(IReadOnlyList<StepMetrics> log) =>
        [.. log.Chunk((log.Count + Points - 1) / Points).Select(part => new CurvePoint(part[^1].Step,
            part.Average(step => step["loss"]), part.Average(step => step["mean_token_accuracy"])))];
}
