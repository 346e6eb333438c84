// Provably robust DPO for labels that are sometimes flipped, https://arxiv.org/abs/2403.00409.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "robust": unbiased under a flip rate of smoothing (below one half), one value per pair, [B].</summary>
public static class RobustLoss
{
    public static Tensor Of(Tensor chosen, Tensor rejected, double beta, double smoothing)
    {
        var z = chosen.Minus(rejected).Times(beta);
        return nn.functional.logsigmoid(z).Times(smoothing - 1).Plus(nn.functional.logsigmoid(-z).Times(smoothing)).Over(1 - 2 * smoothing);
    }
}
