// Noise contrastive alignment, pairwise, https://arxiv.org/abs/2402.05369.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "nca_pair": -log s(z_w) - 0.5 log s(-z_w) - 0.5 log s(-z_l), z = beta c, one value per pair, [B].</summary>
public static class NcaLoss
{
    public static Tensor Of(Tensor chosen, Tensor rejected, double beta) =>
        nn.functional.logsigmoid(chosen.Times(beta)).neg()
            .Minus(nn.functional.logsigmoid(chosen.Times(-beta)).Times(0.5))
            .Minus(nn.functional.logsigmoid(rejected.Times(-beta)).Times(0.5));
}
