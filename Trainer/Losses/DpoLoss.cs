// Direct preference optimisation, https://arxiv.org/abs/2305.18290, equation 7. Knows only log-ratios.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "sigmoid": -log s(beta (c_w - c_l)), c = log pi(y|x) - log pi_ref(y|x). Equal policies give ln 2.</summary>
public static class DpoLoss
{
    /// <param name="chosen">[B] log-ratios of the preferred answers.</param>
    /// <param name="rejected">[B] log-ratios of the rejected answers.</param>
    /// <param name="beta">Weight of staying close to the reference.</param>
    /// <returns>[B] losses, one per pair.</returns>
    public static Tensor Of(Tensor chosen, Tensor rejected, double beta) => -nn.functional.logsigmoid(chosen.Minus(rejected).Times(beta));
}
