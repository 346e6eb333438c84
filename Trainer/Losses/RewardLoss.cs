// Bradley-Terry's loss of a reward model, https://arxiv.org/abs/2203.02155, with Llama 2's margin, https://arxiv.org/abs/2307.09288, and
// the centring of https://arxiv.org/abs/2312.09244. Knows only rewards.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's reward loss: -log s(r_w - r_l - margin) + centring (r_w + r_l)^2, one value per pair, [B].</summary>
public static class RewardLoss
{
    /// <param name="chosen">[B] rewards of the preferred answers.</param>
    /// <param name="rejected">[B] rewards of the rejected answers.</param>
    /// <param name="margins">[B] how much the rater preferred; null = 0.</param>
    /// <param name="centring">Coefficient that keeps rewards near 0.</param>
    public static Tensor Of(Tensor chosen, Tensor rejected, Tensor? margins, double centring)
    {
        var difference = chosen.Minus(rejected);
        if (margins is not null) difference = difference.Minus(margins);
        var loss = -nn.functional.logsigmoid(difference);
        return centring == 0 ? loss : loss.Plus(chosen.Plus(rejected).Squared().Times(centring));
    }
}
