// BCO's running mean of all rewards seen in a run. Its numbers are metrics of every step, from which a resumed run takes them. Knows no
// loss.
using Majlis.Torch;
using Majlis.Trainer.Optimization;
using static TorchSharp.torch;

namespace Majlis.Trainer.Unpaired;

sealed class RewardMean
{
    const string Mean = "rewards/running_mean", Count = "rewards/running_count";

    double mean, count;

    public IEnumerable<(string Name, double Value)> Values => [(Mean, mean), (Count, count)];

    /// <summary>Takes [B] rewards in and gives the mean of all so far, a scalar without gradient.</summary>
    public Tensor Add(Tensor rewards)
    {
        var own = rewards.shape[0];
        mean += (rewards.mean().Number() - mean) * own / (count + own);
        count += own;
        return tensor((float)mean);
    }

    public void Restore(StepMetrics last) => (mean, count) = (last.Values.GetValueOrDefault(Mean), last.Values.GetValueOrDefault(Count));
}
