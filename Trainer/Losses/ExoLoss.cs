// Efficient exact optimisation, pairwise, https://arxiv.org/abs/2402.00856, equation 16.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "exo_pair": the reverse divergence to smoothed labels, one value per pair, [B]; smoothing must be above 0.</summary>
public static class ExoLoss
{
    public static Tensor Of(Tensor chosen, Tensor rejected, double beta, double smoothing)
    {
        var z = chosen.Minus(rejected).Times(beta);
        var kept = sigmoid(z) * nn.functional.logsigmoid(z).Plus(-Math.Log(1 - smoothing));
        return kept.Plus(sigmoid(-z) * nn.functional.logsigmoid(-z).Plus(-Math.Log(smoothing)));
    }
}
