// A network as the training loop sees it: a function to logits, and the trained parameters. Knows no architecture.
using static TorchSharp.torch;

namespace Majlis.Trainer.Sequences;

/// <summary>A network in training.</summary>
/// <param name="Logits">Logits of a batch, with gradient: [R, T, V], or [S, V] of its scored positions only.</param>
/// <param name="Parameters">The trained parameters: fp32 leaves under their checkpoint names, always in the same order.</param>
public sealed record Policy(Func<SequenceBatch, Tensor> Logits, IReadOnlyList<(string Name, Tensor Value)> Parameters)
{
    /// <summary>
    /// Describes the arithmetic (type of products, what is frozen); part of the cache key of reference log-probabilities.
    /// </summary>
    public string Numerics { get; init; } = "fp32";
}
