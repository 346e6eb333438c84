// The discovered log-ratio modulated loss, https://arxiv.org/abs/2406.08414.
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "discopop": logistic and exponential loss mixed by s(z/tau), one value a pair, [B].</summary>
public static class DiscopopLoss
{
    public static Tensor Of(Tensor chosen, Tensor rejected, double beta, double tau)
    {
        var z = beta * (chosen - rejected);
        var share = sigmoid(z / tau);
        return -(1 - share) * nn.functional.logsigmoid(z) + share * exp(-z);
    }
}
