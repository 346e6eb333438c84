// Preference pairs from files to an objective: read, scored under the reference. Knows no loop.
using Majlis.Model;
using Majlis.Trainer.Losses;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Sequences;
using Majlis.Trainer.Stages;

namespace Majlis.Trainer.Offline;

/// <param name="options">The recipe.</param>
/// <param name="reference">Where the recipe's reference lies on this machine; null where it is what the run begins with.</param>
sealed class PairTask(PairStageOptions options, string? reference) : IStageTask
{
    public string Name => "dpo";

    public TunedOptions Options => options;

    public string StartOf(string model, StageFolder folder) => model;

    public IObjective Prepare(StageNetwork network, StageRun run)
    {
        var kept = PairRows.Read(options.Data, run.Encoder(network.Checkpoint, options.MaxLength), options.MaxLength, options.Truncation);
        run.Say(kept.Summary("pairs", options.MaxLength));
        var held = PreferenceLosses.NeedsReference(options.LossParts) ? Reference(network, kept.Items, run) : null;
        return new PairObjective(network.Policy, kept.Items, held, options.Pairs(pad: 0));
    }

    ReferenceScores Reference(StageNetwork network, IReadOnlyList<TrainingPair> pairs, StageRun run)
    {
        var batches = pairs.Chunk(options.BatchPairs).Select(TrainingPair.Rows).ToArray();
        if (reference is null) return run.Reference(network.Policy, batches);
        using var checkpoint = Checkpoint.Open(reference);
        using var other = StageNetwork.Frozen(checkpoint, options.Numerics);
        return run.Reference(other.Policy, batches);
    }
}
