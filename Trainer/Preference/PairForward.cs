// One micro-batch through the policy: from logits to the losses' inputs and the step's metrics. Knows no optimiser.
using Majlis.Torch;
using Majlis.Trainer.Losses;
using static TorchSharp.torch;

namespace Majlis.Trainer.Preference;

/// <summary>The loss of a micro-batch (with gradient) and its metrics.</summary>
sealed record PairForward(Tensor Loss, PairScores Scores, IReadOnlyList<(string Name, double Value)> Metrics)
{
    public static PairForward Of(Policy policy, PairBatch batch, ReferenceScores reference, LossOptions options)
    {
        var tokens = SequenceScores.Of(policy.Logits(batch), batch);
        var scores = Score(tokens, batch, reference.Of(batch), options);
        var losses = PreferenceLosses.PerPair(scores, options);
        var weights = tensor(batch.Pairs.Select(pair => (float)pair.Weight).ToArray());
        var loss = (losses * weights).mean();
        return new PairForward(loss, scores, Measure(loss, scores, tokens, batch, options.Beta));
    }

    static PairScores Score(SequenceScores tokens, PairBatch batch, Tensor reference, LossOptions options)
    {
        var pairs = batch.Pairs.Count;
        var plain = SequenceScores.SumRows(tokens.LogProbabilities, batch);
        var (policySums, referenceSums) = (plain, SequenceScores.SumRows(reference, batch));
        if (options.LengthAlpha is { } alpha)
        {
            var shares = LengthShares(batch, alpha);
            policySums = SequenceScores.SumRows(tokens.LogProbabilities * shares, batch);
            referenceSums = SequenceScores.SumRows(reference * shares, batch);
        }
        Tensor Lengths(Func<TrainingPair, int[]> side) => tensor(batch.Pairs.Select(pair => (float)side(pair).Length).ToArray());
        return new PairScores(policySums.narrow(0, 0, pairs), policySums.narrow(0, pairs, pairs),
            referenceSums.narrow(0, 0, pairs), referenceSums.narrow(0, pairs, pairs))
        {
            ChosenTokens = Lengths(pair => pair.Chosen),
            RejectedTokens = Lengths(pair => pair.Rejected),
            ChosenSums = plain.narrow(0, 0, pairs),
            PolicyWeights = options.UseWeighting ? PolicyWeights(tokens, batch) : null,
        };
    }

    /// <summary>LD-DPO: 1 for tokens up to the shorter answer's length, alpha beyond, [S].</summary>
    static Tensor LengthShares(PairBatch batch, double alpha)
    {
        IEnumerable<float> Side(Func<TrainingPair, int[]> side) => batch.Pairs.SelectMany(pair =>
            Enumerable.Range(0, side(pair).Length).Select(t => t < Math.Min(pair.Chosen.Length, pair.Rejected.Length) ? 1f : (float)alpha));
        return tensor(Side(pair => pair.Chosen).Concat(Side(pair => pair.Rejected)).ToArray());
    }

    /// <summary>
    /// WPO, https://arxiv.org/abs/2406.11827: exp of the mean of (log p - log sum p^2), multiplied over both sides, [B], no gradient.
    /// </summary>
    static Tensor PolicyWeights(SequenceScores tokens, PairBatch batch)
    {
        using var still = no_grad();
        var pairs = batch.Pairs.Count;
        var sums = SequenceScores.SumRows(tokens.LogProbabilities.detach().Minus(tokens.Collision), batch);
        var lengths = tensor(batch.Pairs.Select(pair => (float)pair.Chosen.Length)
            .Concat(batch.Pairs.Select(pair => (float)pair.Rejected.Length)).ToArray());
        var weights = (sums / lengths).exp();
        return weights.narrow(0, 0, pairs) * weights.narrow(0, pairs, pairs);
    }

    static List<(string Name, double Value)> Measure(Tensor loss, PairScores scores, SequenceScores tokens, PairBatch batch, double beta)
    {
        using var still = no_grad();
        var (chosen, rejected) = (scores.ChosenRatio.detach().Times(beta), scores.RejectedRatio.detach().Times(beta));
        var (own, other) = (batch.ChosenScored, batch.Scored.shape[0] - batch.ChosenScored);
        double Mean(Tensor values) => values.mean().item<float>();
        return
        [
            ("loss", loss.detach().item<float>()),
            ("rewards/chosen", Mean(chosen)),
            ("rewards/rejected", Mean(rejected)),
            ("rewards/margins", Mean(chosen.Minus(rejected))),
            ("rewards/accuracies", Mean(chosen.gt(rejected).to_type(ScalarType.Float32))),
            ("logps/chosen", Mean(scores.Chosen.detach())),
            ("logps/rejected", Mean(scores.Rejected.detach())),
            ("logits/chosen", Mean(tokens.MeanLogit.narrow(0, 0, own))),
            ("logits/rejected", Mean(tokens.MeanLogit.narrow(0, own, other))),
            ("entropy", Mean(tokens.Entropy)),
            ("mean_token_accuracy", Mean(tokens.IsTop.narrow(0, 0, own))),
            ("chosen_drop_per_token", -Mean(scores.ChosenRatio.detach() / scores.ChosenTokens)),
            ("length_difference", Mean(scores.ChosenTokens.Minus(scores.RejectedTokens))),
        ];
    }
}
