// Anchored preference optimisation, down, https://arxiv.org/abs/2408.06266: lowers both, the rejected more.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "apo_down": s(beta c_w) + 1 - s(beta (c_w - c_l)), one value per pair, [B].</summary>
public static class ApoDownLoss
{
    public static Tensor Of(Tensor chosen, Tensor rejected, double beta) =>
        sigmoid(chosen.Times(beta)).Plus(1).Minus(sigmoid(chosen.Minus(rejected).Times(beta)));
}
