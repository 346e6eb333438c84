// A step's metrics of single answers under TRL's names: means over the good answers and over the bad ones of all its micro-batches.
// Knows no loss.
using Majlis.Torch;
using Majlis.Trainer.Preference;
using Majlis.Trainer.Sequences;
using static TorchSharp.torch;

namespace Majlis.Trainer.Unpaired;

sealed class UnpairedMeans
{
    readonly Dictionary<string, (double Sum, double Count)> sums = [];

    /// <param name="own">The micro-batch's examples.</param>
    /// <param name="ratios">[B] log-ratios to the reference, without gradient.</param>
    /// <param name="beta">What makes rewards of them.</param>
    /// <param name="tokens">Per completion token.</param>
    /// <param name="batch">Their rows.</param>
    public void Add(UnpairedExample[] own, Tensor ratios, double beta, SequenceScores tokens, SequenceBatch batch)
    {
        using var still = no_grad();
        var (logits, lengths) = (batch.SumRows(tokens.MeanLogit).data<float>().ToArray(), batch.Lengths().data<float>().ToArray());
        var (moves, sequences) = (ratios.data<float>().ToArray(), batch.SumRows(tokens.LogProbabilities.detach()).data<float>().ToArray());
        Sum("entropy", tokens.Entropy.sum().Number(), tokens.Entropy.shape[0]);
        for (var row = 0; row < own.Length; row++)
        {
            var side = own[row].IsDesirable ? "chosen" : "rejected";
            Sum($"rewards/{side}", beta * moves[row], 1);
            if (own[row].IsDesirable) Sum(ChosenCollapse.Metric, -moves[row] / lengths[row], 1);
            Sum($"logps/{side}", sequences[row], 1);
            Sum($"logits/{side}", logits[row], lengths[row]);
        }
    }

    public IEnumerable<(string Name, double Value)> Values()
    {
        var means = sums.ToDictionary(entry => entry.Key, entry => entry.Value.Sum / Math.Max(1, entry.Value.Count));
        if (means.TryGetValue("rewards/chosen", out var good) && means.TryGetValue("rewards/rejected", out var bad))
            means["rewards/margins"] = good - bad;
        return means.Select(entry => (entry.Key, entry.Value));
    }

    void Sum(string name, double value, double count)
    {
        var (sum, all) = sums.GetValueOrDefault(name);
        sums[name] = (sum + value, all + count);
    }
}
