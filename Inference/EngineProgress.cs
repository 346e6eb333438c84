// What the engine tells of itself. Knows no threads.
using System.Collections.Immutable;
using Majlis.Inference.Speculation;

namespace Majlis.Inference;

/// <summary>The engine's progress, for health checks and metrics. <see cref="LastStep"/> is a timestamp of its TimeProvider.</summary>
/// <param name="LastStep">When it last started or ended a step, or woke up to work.</param>
/// <param name="Preemptions">Since the engine began, whatever version the sequences were of.</param>
/// <param name="CacheUsage">The share in use of the fullest cache group.</param>
public sealed record EngineProgress(long Steps, long LastStep, int Running, int Waiting, long Preemptions, double CacheUsage)
{
    /// <summary>By <see cref="GuessKind"/>, since the engine began.</summary>
    public ImmutableArray<GuessCount> Guesses { get; init; } = [];

    /// <summary>True when there is work and no progress for longer than <paramref name="limit"/>: a forward pass hangs.</summary>
    public bool IsStuck(TimeProvider time, TimeSpan limit) => Running + Waiting > 0 && time.GetElapsedTime(LastStep) > limit;
}
