// Anchored preference optimisation, zero, https://arxiv.org/abs/2408.06266: raises the chosen, lowers the rejected.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "apo_zero": 1 - s(beta c_w) + s(beta c_l), one value per pair, [B].</summary>
public static class ApoZeroLoss
{
    public static Tensor Of(Tensor chosen, Tensor rejected, double beta) =>
        1.0.From(sigmoid(chosen.Times(beta))).Plus(sigmoid(rejected.Times(beta)));
}
