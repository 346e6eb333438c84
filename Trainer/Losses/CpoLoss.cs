// Contrastive preference optimisation, https://arxiv.org/abs/2401.08417, equation 3: DPO without a reference. Its likelihood term is the
// loss "sft" in a mix. Knows only log-probabilities.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's CPO "sigmoid": -(1 - e) log s(beta d) - e log s(-beta d), d = log pi(y_w|x) - log pi(y_l|x), [B].</summary>
public static class CpoLoss
{
    public static Tensor Of(Tensor chosen, Tensor rejected, double beta, double smoothing)
    {
        var z = chosen.Minus(rejected).Times(beta);
        return nn.functional.logsigmoid(z).Times(smoothing - 1).Minus(nn.functional.logsigmoid(-z).Times(smoothing));
    }
}
