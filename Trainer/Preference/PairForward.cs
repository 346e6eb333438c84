// One micro-batch of pairs through the policy: from logits to the losses' inputs, the loss and its metrics. Knows no optimiser. B pairs are
// 2B rows: the chosen answers', then the rejected ones'. K = completion tokens.
using Majlis.Torch;
using Majlis.Trainer.Losses;
using Majlis.Trainer.Sequences;
using static TorchSharp.torch;

namespace Majlis.Trainer.Preference;

/// <summary>The loss of a micro-batch (with gradient) and its metrics.</summary>
/// <param name="Distance">The largest sequence log-ratio between policy and reference where they should be equal; else 0.</param>
sealed record PairForward(Tensor Loss, IReadOnlyList<(string Name, double Value)> Metrics, double Distance, int Tokens)
{
    /// <param name="policy">The network.</param>
    /// <param name="pairs">At least one.</param>
    /// <param name="reference">Their scores, or null.</param>
    /// <param name="options">Loss and padding.</param>
    /// <param name="isReference">Whether the policy still is the reference.</param>
    public static PairForward Of(Policy policy, IReadOnlyList<TrainingPair> pairs, ReferenceScores? reference, PreferenceOptions options,
        bool isReference)
    {
        using var batch = SequenceBatch.Of(TrainingPair.Rows(pairs), options.PadToken, PreferenceLosses.ReadsWholeText(options.Loss));
        var tokens = policy.Scores(batch);
        var held = reference?.Of(batch) ?? zeros_like(tokens.LogProbabilities); // [K]
        var own = tokens.LogProbabilities.detach();
        var distance = isReference ? batch.SumRows(own.Minus(held)).abs().max().Number() : 0;
        var scores = Score(tokens, batch, isReference ? own : held, options.Loss);
        var weights = tensor(pairs.Select(pair => (float)pair.Weight).ToArray());
        var loss = (PreferenceLosses.PerPair(scores, options.Loss) * weights).mean();
        var metrics = PairMetrics.Of(scores, tokens, batch, options.Loss, reference is not null);
        return new PairForward(loss, metrics, distance, batch.TokenCount);
    }

    static PairScores Score(SequenceScores tokens, SequenceBatch batch, Tensor reference, LossOptions options)
    {
        var (pairs, lengths, plain) = (batch.Rows.Count / 2, batch.Lengths(), batch.SumRows(tokens.LogProbabilities));
        var (policySums, referenceSums) = (plain, batch.SumRows(reference));
        if (options.LengthAlpha is { } alpha)
        {
            var shares = LengthShares(batch, alpha);
            policySums = batch.SumRows(tokens.LogProbabilities * shares);
            referenceSums = batch.SumRows(reference * shares);
        }
        return new PairScores(policySums.narrow(0, 0, pairs), policySums.narrow(0, pairs, pairs),
            referenceSums.narrow(0, 0, pairs), referenceSums.narrow(0, pairs, pairs))
        {
            ChosenTokens = lengths.narrow(0, 0, pairs),
            RejectedTokens = lengths.narrow(0, pairs, pairs),
            ChosenSums = plain.narrow(0, 0, pairs),
            ChosenTextLikelihood = PreferenceLosses.ReadsWholeText(options) ? ChosenText(tokens, batch) : null,
            PolicyWeights = options.UseWeighting ? PolicyWeights(tokens, batch) : null,
        };
    }

    static Tensor ChosenText(SequenceScores tokens, SequenceBatch batch) =>
        tokens.Text.narrow(0, 0, batch.Rows.Take(batch.Rows.Count / 2).Sum(row => row.Prompt.Length + row.Completion.Length - 1)).mean();

    /// <summary>LD-DPO: 1 for tokens up to the shorter answer's length, alpha beyond, [K].</summary>
    static Tensor LengthShares(SequenceBatch batch, double alpha)
    {
        var pairs = batch.Rows.Count / 2;
        return tensor(batch.Rows.Index().SelectMany(row =>
        {
            var other = batch.Rows[(row.Index + pairs) % batch.Rows.Count];
            var shared = Math.Min(row.Item.Predicted, other.Predicted);
            return Enumerable.Range(0, row.Item.Predicted).Select(t => t < shared ? 1f : (float)alpha);
        }).ToArray());
    }

    /// <summary>
    /// WPO, https://arxiv.org/abs/2406.11827: exp of the mean of (log p - log sum p^2), multiplied over both sides, [B], no gradient.
    /// </summary>
    static Tensor PolicyWeights(SequenceScores tokens, SequenceBatch batch)
    {
        using var still = no_grad();
        var pairs = batch.Rows.Count / 2;
        var weights = (batch.SumRows(tokens.LogProbabilities.detach().Minus(tokens.Collision)) / batch.Lengths()).exp();
        return weights.narrow(0, 0, pairs) * weights.narrow(0, pairs, pairs);
    }
}
