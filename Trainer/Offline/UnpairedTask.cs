// Single answers from files to an objective: read, mismatched, scored under the reference. Knows no loop.
using Majlis.Trainer.Stages;
using Majlis.Trainer.Unpaired;

namespace Majlis.Trainer.Offline;

sealed class UnpairedTask(KtoOptions options) : IStageTask
{
    public string Name => "kto";

    public TunedOptions Options => options;

    public string StartOf(string model, StageFolder folder) => model;

    public Prepared Prepare(StageNetwork network, StageRun run)
    {
        var kept = UnpairedRows.Read(
            options.Data, run.Encoder(network.Checkpoint, options.MaxLength), options.MaxLength, options.BatchRows);
        run.Say(kept.Summary($"answers, {kept.Items.Count(example => example.IsDesirable)} of them good", options.MaxLength));
        var answers = options.Answers(pad: 0);
        var held = run.Reference(network.Policy, [.. UnpairedObjective.Rows(kept.Items, answers, options.BatchRows)]);
        return new(new UnpairedObjective(network.Policy, kept.Items, held, answers));
    }
}
