// A stage from recipe to result: may be killed at any moment and, run again, goes on from its last checkpoint to the same bits. Knows no
// objective and no console.
using Majlis.Model;
using Majlis.Model.Hashes;
using Majlis.Text;
using Majlis.Trainer.Optimization;

namespace Majlis.Trainer.Stages;

/// <param name="task">What is trained on what.</param>
/// <param name="model">The model's folder or file on this machine.</param>
/// <param name="run">Folder, clock, and where lines go.</param>
/// <param name="stepped">Gets every step's metrics.</param>
sealed class TunedStage(IStageTask task, string model, StageRun run, Action<StepMetrics> stepped)
{
    StageFolder Folder => run.Folder;

    /// <summary>Why the result must not be used; null where there is one.</summary>
    /// <exception cref="ModelFormatException">Model, adapter or folder cannot be used.</exception>
    /// <exception cref="Data.DataException">The data cannot be used.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public string? Run()
    {
        using var held = Folder.Lock();
        using var checkpoint = Checkpoint.Open(task.StartOf(model, Folder));
        var start = new StageStart(task.Name, task.Options, FileHash.OfAll(task.Options.Data), checkpoint.WeightsHash);
        Folder.Begin(start);
        if (Directory.Exists(Folder.Finished))
        {
            run.Say($"{Folder.Finished} is there already: nothing is left to do");
            return null;
        }
        using var network = StageNetwork.Open(checkpoint, task.Options);
        return Train(network, task.Prepare(network, run), start);
    }

    string? Train(StageNetwork network, Prepared prepared, StageStart start)
    {
        using var loop = new TrainingLoop(prepared.Objective, task.Options.Loop) { Validation = prepared.Validation };
        if (loop.TryRestore(Folder.States, run.Say)) run.Say($"going on after step {loop.Step} of {loop.TotalSteps}");
        using var record = new RunRecord(Folder.Path, loop.Log);
        var line = new ProgressLine(task.Name, loop.Step, loop.TotalSteps, run.Time);
        var result = loop.Run(step =>
        {
            record.Add(step);
            if (loop.EndsEpoch && task.Options.KeepEpochs > 0) Folder.KeepEpoch(network, step.Step, task.Options.KeepEpochs);
            if (step.Step % task.Options.SaveEvery == 0 || step.Step == loop.TotalSteps)
            {
                loop.Save(Folder.States);
                record.Draw();
            }
            stepped(step);
            run.Progress.Report(line.Of(step));
        });
        record.Draw();
        if (result.Refusal is { } refusal)
            return refusal + (Directory.Exists(Folder.States) ? $". The checkpoints before it stay in {Folder.States}" : "");
        var (items, curve) = (prepared.Objective.Items, StageManifest.CurveOf(result.Log));
        var manifest = new StageManifest(start, items, result.Steps, curve, result.Log[^1].Values);
        Folder.Finish(network, hash => manifest with { WeightsHash = hash }, record);
        run.Say($"done: {Folder.Finished}");
        return null;
    }
}
