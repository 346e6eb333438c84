// Noise contrastive alignment, pairwise, https://arxiv.org/abs/2402.05369.
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "nca_pair": -log s(z_w) - 0.5 log s(-z_w) - 0.5 log s(-z_l), z = beta c, one value a pair, [B].</summary>
public static class NcaLoss
{
    public static Tensor Of(Tensor chosen, Tensor rejected, double beta) =>
        -nn.functional.logsigmoid(beta * chosen) - 0.5 * nn.functional.logsigmoid(-beta * chosen) - 0.5 * nn.functional.logsigmoid(-beta * rejected);
}
