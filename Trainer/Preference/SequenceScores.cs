// From logits to the inputs of losses and metrics: log-probabilities of the completion tokens, entropy, mean logit, top-1.
// S = scored positions of a batch (PairBatch), V = vocabulary, R = rows. Knows no loss.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Preference;

/// <summary>Per scored token, [S] each; only <see cref="LogProbabilities"/> carries a gradient.</summary>
public sealed record SequenceScores(Tensor LogProbabilities, Tensor Entropy, Tensor MeanLogit, Tensor IsTop, Tensor Collision)
{
    /// <param name="logits">[R, T, V] of the batch's tokens, or [S, V] of its scored positions.</param>
    /// <param name="batch">Where the completions lie.</param>
    public static SequenceScores Of(Tensor logits, PairBatch batch)
    {
        var rows = logits.dim() == 2 ? logits
            : logits.narrow(1, 0, logits.shape[1] - 1).reshape(-1, logits.shape[2]).index_select(0, batch.Scored);
        rows = rows.to_type(ScalarType.Float32);
        var picked = rows.gather(1, batch.Labels.unsqueeze(1)).squeeze(1).Minus(rows.logsumexp(1));
        using var still = no_grad();
        var logs = nn.functional.log_softmax(rows.detach(), 1);
        var probabilities = logs.exp();
        return new SequenceScores(picked, -(probabilities * logs).sum(1), rows.mean([1]),
            rows.argmax(1).eq(batch.Labels).to_type(ScalarType.Float32), probabilities.Squared().sum(1).log());
    }

    /// <summary>Sums [S] values row by row: [R].</summary>
    public static Tensor SumRows(Tensor perToken, PairBatch batch)
    {
        var rows = batch.Tokens.shape[0];
        var width = batch.Width - 1;
        return zeros(rows * width).scatter(0, batch.Scored, perToken).view(rows, width).sum(1);
    }
}
