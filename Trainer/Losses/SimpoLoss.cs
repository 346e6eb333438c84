// Simple preference optimisation, https://arxiv.org/abs/2405.14734, equation 6, and AlphaPO's reward, https://arxiv.org/abs/2501.03884.
// Knows only log-probabilities per token, and no reference.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "simpo" and "alphapo": -log s(beta (r_w - r_l) - gamma), with r the mean log-probability per token, [B].</summary>
public static class SimpoLoss
{
    /// <param name="chosenPerToken">[B] mean log-probabilities of the preferred answers' tokens.</param>
    /// <param name="rejectedPerToken">[B] of the rejected answers' tokens.</param>
    /// <param name="beta">Weight of the rewards.</param>
    /// <param name="gamma">The margin that the preferred answer must have.</param>
    /// <param name="alpha">AlphaPO: r becomes (1 - p^-alpha) / alpha with p = exp(r); 0 leaves it.</param>
    /// <param name="smoothing">Share of labels taken to be flipped.</param>
    public static Tensor Of(Tensor chosenPerToken, Tensor rejectedPerToken, double beta, double gamma, double alpha, double smoothing) =>
        CpoLoss.Of(Reward(chosenPerToken, alpha).Plus(-gamma / beta), Reward(rejectedPerToken, alpha), beta, smoothing);

    /// <summary>AlphaPO's reward of a mean log-probability per token, before beta.</summary>
    public static Tensor Reward(Tensor perToken, double alpha) =>
        alpha == 0 ? perToken : 1.0.From(exp(perToken.Times(-alpha))).Over(alpha);
}
