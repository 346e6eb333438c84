// From logits to the inputs of losses and metrics: log-probabilities of the completion tokens, entropy, mean logit, top-1.
// K = completion tokens of a batch, S = its scored tokens, V = vocabulary. Knows no loss.
using Majlis.Torch;
using Majlis.Torch.Packed;
using static TorchSharp.torch;

namespace Majlis.Trainer.Sequences;

/// <summary>Per completion token, [K] each; only <see cref="LogProbabilities"/> carries a gradient.</summary>
public sealed record SequenceScores(Tensor LogProbabilities, Tensor Entropy, Tensor MeanLogit, Tensor IsTop, Tensor Collision)
{
    /// <summary>Log-probabilities of all scored tokens, [S], with gradient: the prompts' too where the batch scores them.</summary>
    public required Tensor Text { get; init; }

    /// <param name="logits">[R, T, V] of the batch's tokens, or [S, V] of its scored positions.</param>
    /// <param name="batch">Where the completions lie.</param>
    public static SequenceScores Of(Tensor logits, SequenceBatch batch)
    {
        var rows = logits.dim() == 2 ? logits
            : logits.narrow(1, 0, logits.shape[1] - 1).reshape(-1, logits.shape[2]).index_select(0, batch.Scored);
        rows = rows.to_type(ScalarType.Float32);
        var text = rows.gather(1, batch.Labels.unsqueeze(1)).squeeze(1).Minus(rows.logsumexp(1));
        using var still = no_grad();
        var (own, labels) = (rows.detach(), batch.Labels);
        if (batch.CompletionScores is { } completions)
            (own, labels) = (own.index_select(0, completions), labels.index_select(0, completions));
        var logs = nn.functional.log_softmax(own, 1);
        var probabilities = logs.exp();
        return new SequenceScores(Completions(text, batch), -(probabilities * logs).sum(1), own.mean([1]),
            own.argmax(1).eq(labels).to_type(ScalarType.Float32), probabilities.Squared().sum(1).log())
        {
            Text = text,
        };
    }

    /// <param name="tokens">Of the batch's scored tokens, in its order.</param>
    /// <param name="batch">Which of them are completions.</param>
    public static SequenceScores Of(TokenScores tokens, SequenceBatch batch)
    {
        Tensor Own(Tensor values) => Completions(values, batch);
        return new SequenceScores(Own(tokens.LogProbabilities), Own(tokens.Entropy), Own(tokens.MeanLogit), Own(tokens.IsTop),
            Own(tokens.Collision))
        {
            Text = tokens.LogProbabilities,
        };
    }

    /// <summary>Keeps the scores when the scope that they were made in ends.</summary>
    public SequenceScores MoveToOuterDisposeScope()
    {
        foreach (var tensor in new[] { LogProbabilities, Entropy, MeanLogit, IsTop, Collision }) tensor.MoveToOuterDisposeScope();
        if (!ReferenceEquals(Text, LogProbabilities)) Text.MoveToOuterDisposeScope(); // twice would go a scope too far
        return this;
    }

    static Tensor Completions(Tensor text, SequenceBatch batch)
    {
        using var graph = enable_grad();
        return batch.CompletionScores is { } completions ? text.index_select(0, completions) : text;
    }
}
