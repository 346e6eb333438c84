// What a stage began with, and what it came to: records for people and for the next stage. Knows no files.
using Majlis.Trainer.Optimization;

namespace Majlis.Trainer.Stages;

/// <param name="Stage">The command's name.</param>
/// <param name="Options">The recipe, with every default written out.</param>
/// <param name="DataHash">sha256 over the data files in order.</param>
/// <param name="ModelHash">sha256 of the weights to start from.</param>
public sealed record StageStart(string Stage, object Options, string DataHash, string ModelHash);

/// <summary>The mean loss over some steps, the last of which is named.</summary>
public sealed record CurvePoint(int Step, double Loss);

/// <param name="Start">What it began with.</param>
/// <param name="Items">Rows, pairs or answers learnt from.</param>
/// <param name="Steps">Optimiser steps.</param>
/// <param name="Curve">The loss over the run.</param>
/// <param name="Last">The last step's metrics.</param>
public sealed record StageManifest(
    StageStart Start, int Items, int Steps, IReadOnlyList<CurvePoint> Curve, IReadOnlyDictionary<string, double> Last)
{
    const int Points = 20;

    /// <summary>sha256 of the weights to serve, or of the adapter.</summary>
    public string? WeightsHash { get; init; }

    /// <summary>The run in at most twenty points.</summary>
    public static IReadOnlyList<CurvePoint> CurveOf(IReadOnlyList<StepMetrics> log) =>
        [.. log.Chunk((log.Count + Points - 1) / Points).Select(part => new CurvePoint(part[^1].Step, part.Average(step => step["loss"])))];
}
