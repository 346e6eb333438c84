// Preference pairs as an objective of a reward model: the better answer is to score higher. Knows no optimiser and no files.
using Majlis.Torch;
using Majlis.Trainer.Losses;
using Majlis.Trainer.Optimization;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Sequences;
using static TorchSharp.torch;

namespace Majlis.Trainer.Reward;

/// <param name="scorer">The network to train; its parameters change in place.</param>
/// <param name="pairs">None longer than the network reads; each with its margin.</param>
/// <param name="centring">TRL's center_rewards_coefficient; 0 = none.</param>
/// <param name="pad">The id after a row's end.</param>
public sealed class RewardObjective(Scorer scorer, IReadOnlyList<TrainingPair> pairs, double centring, int pad) : IObjective
{
    public int Items => pairs.Count;

    public IReadOnlyList<(string Name, Tensor Value)> Parameters => scorer.Parameters;

    public StepOutcome Gradients(int step, IReadOnlyList<int[]> batches, bool unmoved) => MicroBatches.Mean(step, batches, this, items =>
    {
        TrainingPair[] own = [.. items.Select(item => pairs[item])];
        using var batch = SequenceBatch.Of(TrainingPair.Rows(own), pad);
        var rewards = scorer.Scores(batch); // [2B]
        var (chosen, rejected) = (rewards.narrow(0, 0, own.Length), rewards.narrow(0, own.Length, own.Length));
        var margins = tensor(own.Select(pair => (float)pair.Margin).ToArray());
        var weights = tensor(own.Select(pair => (float)pair.Weight).ToArray());
        var loss = (RewardLoss.Of(chosen, rejected, margins, centring) * weights).mean();
        return new MicroBatchResult(loss, Measure(rewards.detach(), own.Length), batch.TokenCount);
    });

    public string PlaceOf(int item) => pairs[item].Id;

    public string? Health(IReadOnlyList<StepMetrics> log) => null; // a reward model has no reference to fall behind

    public void Resume(StepMetrics last)
    {
        // Rewards remember nothing.
    }

    static IReadOnlyList<(string Name, double Value)> Measure(Tensor rewards, int pairs)
    {
        var (chosen, rejected) = (rewards.narrow(0, 0, pairs), rewards.narrow(0, pairs, pairs));
        return
        [
            ("min_reward", rewards.min().Number()), ("mean_reward", rewards.mean().Number()), ("max_reward", rewards.max().Number()),
            ("accuracy", chosen.gt(rejected).to_type(ScalarType.Float32).mean().Number()),
            ("margin", chosen.Minus(rejected).mean().Number()),
        ];
    }
}
