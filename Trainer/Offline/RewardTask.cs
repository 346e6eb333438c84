// Preference pairs from files to a reward model's objective; a language model gets a new head first. Knows no loop.
using Majlis.Trainer.Reward;
using Majlis.Trainer.Sequences;
using Majlis.Trainer.Stages;

namespace Majlis.Trainer.Offline;

sealed class RewardTask(RewardOptions options) : IStageTask
{
    public string Name => "reward";

    public TunedOptions Options => options;

    public string StartOf(string model, StageFolder folder) => RewardStart.Of(model, folder.Initial, (ulong)options.Seed);

    public Prepared Prepare(StageNetwork network, StageRun run)
    {
        var kept = RewardRows.Read(options.Data, run.Encoder(network.Checkpoint, options.MaxLength), options.MaxLength);
        run.Say(kept.Summary("pairs", options.MaxLength));
        var pad = network.Checkpoint.Blueprint.PadToken ?? 0;
        return new(new RewardObjective(PackedPolicy.Scorer(network.Network, network.Parameters), kept.Items, options.Centring, pad));
    }
}
