// The options of the trainer's command line that decide a round's result.
using System.CommandLine;
using Majlis.CommandLine;

namespace Majlis.Trainer.Rounds;

sealed class RoundCommandOptions(OptionSources sources)
{
    static readonly RoundOptions defaults = new();

    readonly HostOption<string> experts = sources.Text("--experts",
        "How votes are split among experts: language, tag:NAME (with the tag and without), or all for one.", defaults.Experts);
    readonly HostOption<string> weights = sources.Text("--weights", "How experts count in the merge: equal, size (by their pairs), "
        + "NAME=NUMBER,NAME=NUMBER (by importance), or search (the best of a few, on 64 pairs of the training).", defaults.Weights);
    readonly HostOption<string> policy = sources.Text("--policy", "How sure the gate has to be: standard or small.", defaults.Policy);
    readonly HostOption<int> seed = sources.Whole("--seed", "Seed of the split, the order and the factors.", defaults.Seed);
    readonly HostOption<double> heldOut = sources.Number("--held-out", "Percentage of prompts kept for the gate.", defaults.HeldOutPercent);
    readonly HostOption<double> taskMargin = sources.Number("--task-margin",
        "The loss that the gate must exclude on each task of --tasks, as a share of its items.", defaults.TaskMargin);
    readonly HostOption<int> epochs = sources.Whole("--epochs", "How often each pair is trained on.", defaults.Epochs);
    readonly HostOption<double> learningRate = sources.Number("--learning-rate", "Highest learning rate.", defaults.LearningRate);
    readonly HostOption<double> beta = sources.Number("--beta", "Weight of staying close to the reference.", defaults.Beta);
    readonly HostOption<string> loss = sources.Text(
        "--loss", "TRL's name of the loss; kto, bco and apo_zero_unpaired learn from both-bad votes too.", defaults.Loss);
    readonly HostOption<int> rank = sources.Whole("--rank", "Rank of the adapters; their alpha is twice as much.", defaults.Rank);
    readonly HostOption<string> targetModules = sources.Text("--target-modules",
        "Modules that get an adapter, such as down_proj, separated by commas; or all-linear.", defaults.TargetModules);
    readonly HostOption<string> layers = sources.Text(
        "--layers", "Numbers of the layers whose modules get an adapter, from 0, such as 6,7; without it all.", defaults.Layers);
    readonly HostOption<string?> replay = sources.Text("--replay",
        "A JSONL or Parquet file of texts or chats that are learnt beside the votes, so that what they show is kept.");
    readonly HostOption<double> replayWeight = sources.Number("--replay-weight",
        "What the mean loss of the rows of --replay counts beside the votes' loss.", defaults.ReplayWeight);
    readonly HostOption<double> lengthAlpha = sources.Number("--ld-alpha",
        "Weight of an answer's tokens beyond the length of the pair's shorter one, 0 to 1: below 1, length itself counts for less.",
        defaults.LengthAlpha);
    readonly HostOption<string> numerics = sources.Text(
        "--numerics", "What the frozen weights compute in: fp32 or bf16.", defaults.Numerics);

    public void AddTo(RootCommand root)
    {
        Option[] all =
        [
            experts, weights, policy, seed, heldOut, taskMargin, epochs, learningRate, beta, loss, lengthAlpha, rank, targetModules,
            layers, replay, replayWeight, numerics,
        ];
        foreach (var option in all)
            root.Options.Add(option);
    }

    public RoundOptions Read(OptionValues values) => new()
    {
        Experts = values.Of(experts),
        Weights = values.Of(weights),
        Policy = values.Of(policy),
        Seed = values.Of(seed),
        HeldOutPercent = values.Of(heldOut),
        TaskMargin = values.Of(taskMargin),
        Epochs = values.Of(epochs),
        LearningRate = values.Of(learningRate),
        Beta = values.Of(beta),
        Loss = values.Of(loss),
        Rank = values.Of(rank),
        Alpha = 2 * values.Of(rank),
        TargetModules = values.Of(targetModules),
        Layers = values.Of(layers),
        Replay = values.Of(replay),
        ReplayWeight = values.Of(replayWeight),
        LengthAlpha = values.Of(lengthAlpha),
        Numerics = values.Of(numerics),
    };
}
