// What a training loop minimises: pairs, single answers, rewards or texts. Knows no optimiser, no schedule and no files.
using static TorchSharp.torch;

namespace Majlis.Trainer.Optimization;

/// <summary>An objective over numbered items of data. The loop decides which items form which step.</summary>
public interface IObjective
{
    /// <summary>How many items an epoch goes through.</summary>
    int Items { get; }

    /// <summary>The trained parameters: fp32 leaves under their checkpoint names, always in the same order.</summary>
    IReadOnlyList<(string Name, Tensor Value)> Parameters { get; }

    /// <summary>Adds one step's gradients to the parameters'.</summary>
    /// <param name="step">Counted from 0.</param>
    /// <param name="batches">The items of each micro-batch.</param>
    /// <param name="unmoved">Whether the parameters still are what the run began with.</param>
    StepOutcome Gradients(int step, IReadOnlyList<int[]> batches, bool unmoved);

    /// <summary>Where an item was read, for messages.</summary>
    string PlaceOf(int item);

    /// <summary>Why a run with this log must not go on; null while it is well.</summary>
    string? Health(IReadOnlyList<StepMetrics> log);

    /// <summary>Goes on after a saved step: takes over what the objective itself remembers.</summary>
    void Resume(StepMetrics last);
}

/// <summary>What a step measured. <paramref name="Refusal"/> says why it must not be taken, or is null.</summary>
public sealed record StepOutcome(Dictionary<string, double> Metrics, long Tokens, string? Refusal = null);
