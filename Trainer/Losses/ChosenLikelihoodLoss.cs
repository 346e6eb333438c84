// Plain likelihood of the chosen answers, as an anchor in a mix of losses. Knows no reference.
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>TRL's "sft": minus the mean log-probability over all chosen tokens of the batch, a scalar.</summary>
public static class ChosenLikelihoodLoss
{
    public static Tensor Of(Tensor chosenSums, Tensor chosenTokens) => -chosenSums.sum() / chosenTokens.sum();
}
