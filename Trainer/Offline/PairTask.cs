// Preference pairs from files to an objective: read, scored under the reference. Knows no loop.
using Majlis.Model;
using Majlis.Trainer.Losses;
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

    public Prepared Prepare(StageNetwork network, StageRun run)
    {
        var objective = Read(options.Data, "pairs", "reference");
        return new(objective, options.Validation.Length == 0 ? null
            : Read(options.Validation, "pairs to measure by", "validation-reference"));

        PairObjective Read(string[] files, string what, string cache)
        {
            var encoder = run.Encoder(network.Checkpoint, options.MaxLength);
            var kept = PairRows.Read(files, encoder, options.MaxLength, options.Truncation);
            run.Say(kept.Summary(what, options.MaxLength));
            var held = PreferenceLosses.NeedsReference(options.LossParts) ? Reference(network, kept.Items, run, cache) : null;
            return new(network.Policy, kept.Items, held, options.Pairs(pad: 0));
        }
    }

    ReferenceScores Reference(StageNetwork network, IReadOnlyList<TrainingPair> pairs, StageRun run, string cache)
    {
        var batches = pairs.Chunk(options.BatchPairs).Select(TrainingPair.Rows).ToArray();
        if (reference is null) return run.Reference(network.Policy, batches, cache);
        using var checkpoint = Checkpoint.Open(reference);
        using var other = StageNetwork.Frozen(checkpoint, options.Numerics);
        return run.Reference(other.Policy, batches, cache);
    }
}
