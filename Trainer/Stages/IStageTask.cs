// What the kinds of tuning differ in: their data, their objective, and the model they begin with.
using Majlis.Trainer.Optimization;

namespace Majlis.Trainer.Stages;

interface IStageTask
{
    /// <summary>The command's name.</summary>
    string Name { get; }

    TunedOptions Options { get; }

    /// <summary>The folder of the model to begin with, given the one that the recipe names.</summary>
    string StartOf(string model, StageFolder folder);

    /// <summary>Reads the data and scores it under the reference, before any saved state is restored.</summary>
    /// <exception cref="Data.DataException">The data cannot be used.</exception>
    Prepared Prepare(StageNetwork network, StageRun run);
}

/// <param name="Validation">Rows that are measured and not learnt from; null where the recipe names none.</param>
sealed record Prepared(IObjective Objective, IObjective? Validation = null);
