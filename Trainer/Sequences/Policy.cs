// A network as the training loop sees it: a function to scores, and the trained parameters. Knows no architecture.
using static TorchSharp.torch;

namespace Majlis.Trainer.Sequences;

/// <summary>A network in training.</summary>
/// <param name="Scores">What it says about a batch's scored tokens, with gradient.</param>
/// <param name="Parameters">The trained parameters: fp32 leaves under their checkpoint names, always in the same order.</param>
public sealed record Policy(Func<SequenceBatch, SequenceScores> Scores, IReadOnlyList<(string Name, Tensor Value)> Parameters)
{
    /// <param name="logits">Logits of a batch, with gradient: [R, T, V], or [S, V] of its scored positions only.</param>
    /// <param name="parameters">The trained ones.</param>
    public Policy(Func<SequenceBatch, Tensor> logits, IReadOnlyList<(string Name, Tensor Value)> parameters)
        : this(batch => SequenceScores.Of(logits(batch), batch), parameters) { }

    /// <summary>
    /// Describes the arithmetic (type of products, what is frozen); part of the cache key of reference log-probabilities.
    /// </summary>
    public string Numerics { get; init; } = "fp32";
}
