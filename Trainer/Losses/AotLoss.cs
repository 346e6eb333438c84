// Distributional preference alignment by optimal transport, https://arxiv.org/abs/2406.05882. Sorts inside the batch.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "aot" and "aot_unpaired": DPO's loss on the difference of two sorted batches, [B].</summary>
public static class AotLoss
{
    /// <param name="upper">[B] policy margins (paired) or chosen log-ratios (unpaired).</param>
    /// <param name="lower">[B] reference margins (paired) or rejected log-ratios (unpaired).</param>
    /// <param name="beta">As in DPO.</param>
    /// <param name="smoothing">Share of labels taken to be flipped.</param>
    public static Tensor Of(Tensor upper, Tensor lower, double beta, double smoothing)
    {
        var z = upper.sort(0).Values.Minus(lower.sort(0).Values).Times(beta);
        return nn.functional.logsigmoid(z).Times(smoothing - 1).Minus(nn.functional.logsigmoid(-z).Times(smoothing));
    }
}
