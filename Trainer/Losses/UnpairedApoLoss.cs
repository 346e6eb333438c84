// Anchored preference optimisation, zero, https://arxiv.org/abs/2408.06266, on single answers. Knows only log-ratios.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "apo_zero_unpaired": 1 - s(beta c) of a good answer, s(beta c) of a bad one, [B].</summary>
public static class UnpairedApoLoss
{
    /// <param name="ratios">[B] log-ratios.</param>
    /// <param name="signs">[B] 1 for good answers, -1 for bad ones.</param>
    /// <param name="beta">As in DPO.</param>
    public static Tensor Of(Tensor ratios, Tensor signs, double beta) => 1.0.From(sigmoid(ratios.Times(beta) * signs));
}
