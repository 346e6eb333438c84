// The losses' inputs for a batch of pairs: sequence log-probabilities of policy and reference, lengths, weights. [B] = pairs.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Losses;

/// <summary>Sums over completion tokens (end token included), natural log, [B] each. The reference carries no gradient.</summary>
public sealed record PairScores(Tensor Chosen, Tensor Rejected, Tensor ReferenceChosen, Tensor ReferenceRejected)
{
    /// <summary>Completion tokens, [B].</summary>
    public required Tensor ChosenTokens { get; init; }
    public required Tensor RejectedTokens { get; init; }

    /// <summary>Plain sums of the chosen answers, also where <see cref="Chosen"/> is length-desensitised, [B].</summary>
    public required Tensor ChosenSums { get; init; }

    /// <summary>Mean log-probability of all tokens of all chosen rows, prompts included: a scalar; null where no loss asks.</summary>
    public Tensor? ChosenTextLikelihood { get; init; }

    /// <summary>WPO's weight of each pair, without gradient, [B]; null without WPO.</summary>
    public Tensor? PolicyWeights { get; init; }

    /// <summary>log pi(y|x) - log pi_ref(y|x) of the chosen answers, [B].</summary>
    public Tensor ChosenRatio => Chosen.Minus(ReferenceChosen);

    /// <summary>Mean log-probability per completion token, [B].</summary>
    public Tensor ChosenPerToken => Chosen / ChosenTokens;

    public Tensor RejectedPerToken => Rejected / RejectedTokens;

    public Tensor RejectedRatio => Rejected.Minus(ReferenceRejected);
}
