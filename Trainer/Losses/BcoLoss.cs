// Binary classifier optimisation, https://arxiv.org/abs/2404.04656, without the running mean, as in TRL's DPO trainer.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "bco_pair": -log s(beta c_w) - log s(-beta c_l), one value per pair, [B].</summary>
public static class BcoLoss
{
    public static Tensor Of(Tensor chosen, Tensor rejected, double beta) =>
        nn.functional.logsigmoid(chosen.Times(beta)).neg().Minus(nn.functional.logsigmoid(rejected.Times(-beta)));
}
