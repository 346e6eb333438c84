// A stage of training a reward model on pairs as its recipe says it.
using System.Text.Json.Serialization;
using Majlis.Trainer.Recipes;
using Majlis.Trainer.Stages;

namespace Majlis.Trainer.Offline;

public sealed record RewardOptions : TunedOptions
{
    public RewardOptions() => LearningRate = 1e-4;

    [Means("Keeps rewards near 0: the weight of the squared sum of both.", Trl = "center_rewards_coefficient", AtLeast = 0)]
    public double Centring { get; init; }

    [Means("Pairs per micro-batch.", Trl = "per_device_train_batch_size", AtLeast = 1)]
    public int BatchPairs { get; init; } = 8;

    [JsonIgnore]
    public override int BatchItems => BatchPairs;
}
