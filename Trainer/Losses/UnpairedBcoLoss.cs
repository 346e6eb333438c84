// Binary classifier optimisation, https://arxiv.org/abs/2404.04656, on single answers: rewards are moved by their running mean. Knows only
// log-ratios.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's BCO: -log s(beta c - delta) of a good answer, -log s(delta - beta c) of a bad one, [B].</summary>
public static class UnpairedBcoLoss
{
    /// <param name="ratios">[B] log-ratios.</param>
    /// <param name="signs">[B] 1 for good answers, -1 for bad ones.</param>
    /// <param name="beta">As in DPO.</param>
    /// <param name="delta">Mean of all rewards so far, this batch's included.</param>
    public static Tensor Of(Tensor ratios, Tensor signs, double beta, Tensor delta) =>
        -nn.functional.logsigmoid(ratios.Times(beta).Minus(delta) * signs);
}
