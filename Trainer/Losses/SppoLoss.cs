// Self-play preference optimisation with hard labels, https://arxiv.org/abs/2405.00675.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "sppo_hard": (c_w - 0.5/beta)^2 + (c_l + 0.5/beta)^2, one value per pair, [B].</summary>
public static class SppoLoss
{
    public static Tensor Of(Tensor chosen, Tensor rejected, double beta) =>
        chosen.Plus(-0.5 / beta).Squared().Plus(rejected.Plus(0.5 / beta).Squared());
}
