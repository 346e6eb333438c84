// A micro-batch's metrics of pairs under TRL's names. Knows no loss's formula.
using Majlis.Torch;
using Majlis.Trainer.Losses;
using Majlis.Trainer.Sequences;
using static TorchSharp.torch;

namespace Majlis.Trainer.Preference;

static class PairMetrics
{
    /// <param name="scores">The losses' inputs.</param>
    /// <param name="tokens">Per completion token.</param>
    /// <param name="batch">Chosen rows, then rejected ones.</param>
    /// <param name="options">Of the loss.</param>
    /// <param name="hasReference">Whether rewards are log-ratios; else they are the policy's own log-probabilities.</param>
    public static IReadOnlyList<(string Name, double Value)> Of(PairScores scores, SequenceScores tokens, SequenceBatch batch,
        LossOptions options, bool hasReference)
    {
        using var still = no_grad();
        var (policyChosen, policyRejected) = PreferenceLosses.IsAveraged(options)
            ? (scores.ChosenPerToken.detach(), scores.RejectedPerToken.detach()) : (scores.Chosen.detach(), scores.Rejected.detach());
        var (chosen, rejected) = hasReference
            ? (scores.ChosenRatio.detach(), scores.RejectedRatio.detach()) : (policyChosen, policyRejected);
        if (!hasReference && options.Types.Contains("simpo"))
            (chosen, rejected) = (SimpoLoss.Reward(chosen, options.RewardAlpha), SimpoLoss.Reward(rejected, options.RewardAlpha));
        (chosen, rejected) = (chosen.Times(options.Beta), rejected.Times(options.Beta));
        var own = batch.CompletionsOf(batch.Rows.Count / 2);
        var other = batch.Completions.shape[0] - own;
        double Mean(Tensor values) => values.mean().Number();
        var metrics = new List<(string, double)>
        {
            ("rewards/chosen", Mean(chosen)),
            ("rewards/rejected", Mean(rejected)),
            ("rewards/margins", Mean(chosen.Minus(rejected))),
            ("rewards/accuracies", Mean(chosen.gt(rejected).to_type(ScalarType.Float32))),
            ("logps/chosen", Mean(policyChosen)),
            ("logps/rejected", Mean(policyRejected)),
            ("logits/chosen", Mean(tokens.MeanLogit.narrow(0, 0, own))),
            ("logits/rejected", Mean(tokens.MeanLogit.narrow(0, own, other))),
            ("entropy", Mean(tokens.Entropy)),
            ("mean_token_accuracy", Mean(tokens.IsTop.narrow(0, 0, own))),
            ("length_difference", Mean(scores.ChosenTokens.Minus(scores.RejectedTokens))),
        };
        if (hasReference) metrics.Add((ChosenCollapse.Metric, -Mean(scores.ChosenRatio.detach() / scores.ChosenTokens)));
        if (!hasReference && options.Types.Index().Any(type => type.Item == "sft" && options.Weights?[type.Index] != 0))
            metrics.Add(("nll_loss", Mean(ChosenLikelihoodLoss.Of(scores.ChosenSums.detach(), scores.ChosenTokens))));
        if (scores.ChosenTextLikelihood is not { } text) return metrics;
        var odds = OrpoLoss.LogOddsRatio(scores.ChosenPerToken.detach(), scores.RejectedPerToken.detach());
        return [.. metrics, ("nll_loss", -text.detach().Number()), ("log_odds_chosen", Mean(odds)),
            ("log_odds_ratio", Mean(nn.functional.logsigmoid(odds)))];
    }
}
