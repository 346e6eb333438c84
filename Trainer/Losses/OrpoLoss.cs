// Odds ratio preference optimisation, https://arxiv.org/abs/2403.07691, equations 6 and 7: likelihood and odds in one stage. Knows no
// reference.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's ORPO: the chosen texts' NLL - beta log s(log odds(y_w) - log odds(y_l)), odds of the mean log-probability, [B].</summary>
public static class OrpoLoss
{
    /// <param name="chosenPerToken">[B] mean log-probabilities of the preferred answers' tokens.</param>
    /// <param name="rejectedPerToken">[B] of the rejected answers' tokens.</param>
    /// <param name="chosenTextLikelihood">Mean log-probability over all tokens of all chosen rows, prompts included: a scalar.</param>
    /// <param name="beta">The paper's lambda.</param>
    public static Tensor Of(Tensor chosenPerToken, Tensor rejectedPerToken, Tensor chosenTextLikelihood, double beta) =>
        nn.functional.logsigmoid(LogOddsRatio(chosenPerToken, rejectedPerToken)).Times(-beta).Minus(chosenTextLikelihood);

    public static Tensor LogOddsRatio(Tensor chosenPerToken, Tensor rejectedPerToken) =>
        chosenPerToken.Minus(rejectedPerToken).Minus(log1p(-exp(chosenPerToken)).Minus(log1p(-exp(rejectedPerToken))));
}
