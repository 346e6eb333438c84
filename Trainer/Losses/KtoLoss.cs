// Kahneman-Tversky optimisation, https://arxiv.org/abs/2402.01306, equation 8: single answers, good or bad. Knows only log-ratios.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "kto": 1 - s(beta (c - kl)) of a good answer, 1 - s(beta (kl - c)) of a bad one, [B].</summary>
public static class KtoLoss
{
    /// <param name="ratios">[B] log pi(y|x) - log pi_ref(y|x).</param>
    /// <param name="signs">[B] 1 for good answers, -1 for bad ones.</param>
    /// <param name="kl">A scalar without gradient: the mean log-ratio of mismatched answers, at least 0.</param>
    /// <param name="beta">As in DPO.</param>
    public static Tensor Of(Tensor ratios, Tensor signs, Tensor kl, double beta) =>
        1.0.From(sigmoid(ratios.Minus(kl).Times(beta) * signs));
}
