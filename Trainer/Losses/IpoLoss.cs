// Identity preference optimisation, https://arxiv.org/abs/2310.12036, on log-ratios per token.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "ipo": (c_w/|y_w| - c_l/|y_l| - 1/(2 beta))^2, one value per pair, [B].</summary>
public static class IpoLoss
{
    public static Tensor Of(Tensor chosenPerToken, Tensor rejectedPerToken, double beta) =>
        chosenPerToken.Minus(rejectedPerToken).Plus(-1 / (2 * beta)).Squared();
}
