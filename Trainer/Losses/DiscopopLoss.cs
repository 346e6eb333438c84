// The discovered log-ratio modulated loss, https://arxiv.org/abs/2406.08414.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "discopop": logistic and exponential loss mixed by s(z/tau), one value per pair, [B].</summary>
public static class DiscopopLoss
{
    public static Tensor Of(Tensor chosen, Tensor rejected, double beta, double tau)
    {
        var z = chosen.Minus(rejected).Times(beta);
        var share = sigmoid(z.Over(tau));
        // share * exp(-z) in logarithms: for z far below zero the share is 0 and the exponential infinite.
        return (share.Plus(-1) * nn.functional.logsigmoid(z)).Plus(exp(nn.functional.logsigmoid(z.Over(tau)).Minus(z)));
    }
}
