// Sequence likelihood calibration's hinge, https://arxiv.org/abs/2305.10425, on DPO's log-ratios.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "hinge": max(0, 1 - beta (c_w - c_l)), one value per pair, [B].</summary>
public static class HingeLoss
{
    public static Tensor Of(Tensor chosen, Tensor rejected, double beta) =>
        nn.functional.relu(1.0.From(chosen.Minus(rejected).Times(beta)));
}
