// What the engine has done and does, over all its batchers and those that are gone. Knows no threads.
using Majlis.Inference.Speculation;

namespace Majlis.Inference;

/// <summary>Used by the engine's thread alone.</summary>
sealed class EngineTally
{
    readonly GuessCount[] guesses = new GuessCount[Enum.GetValues<GuessKind>().Length];
    long preemptions;

    public long Steps { get; set; }

    /// <summary>A batcher is gone; what it did stays counted.</summary>
    public void Keep(ModelBatcher gone)
    {
        preemptions += gone.Preemptions;
        for (var kind = 0; kind < guesses.Length; kind++) guesses[kind] += gone.Guesses[kind];
    }

    public EngineProgress Progress(long now, List<ModelBatcher> batchers)
    {
        var (running, waiting, preempted, usage) = (0, 0, preemptions, 0.0);
        var guessed = (GuessCount[])guesses.Clone();
        foreach (var batcher in batchers)
        {
            running += batcher.Running;
            waiting += batcher.Waiting;
            preempted += batcher.Preemptions;
            foreach (var pool in batcher.Pools) usage = Math.Max(usage, 1 - (double)pool.Free / pool.Count);
            for (var kind = 0; kind < guessed.Length; kind++) guessed[kind] += batcher.Guesses[kind];
        }
        return new(Steps, now, running, waiting, preempted, usage) { Guesses = [.. guessed] };
    }
}
