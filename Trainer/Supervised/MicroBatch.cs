// A micro-batch: its examples, and which tokens count how much. A pure function of options, step and examples. Knows no tensors.
using Majlis.Trainer.Supervised.Data;

namespace Majlis.Trainer.Supervised;

/// <param name="Examples">All examples of the micro-batch's rows.</param>
/// <param name="Weights">For each example and token; 0 where it does not count.</param>
sealed record MicroBatch(IReadOnlyList<Example> Examples, IReadOnlyList<float[]> Weights)
{
    public double TotalWeight => Weights.Sum(row => row.Sum(weight => (double)weight));

    public int Tokens => Examples.Sum(example => example.Tokens.Length);

    /// <param name="examples">With the index of each.</param>
    /// <param name="step">Counted from 0: another step draws other tokens of the prompt.</param>
    /// <param name="options">Share and weight of the prompt's tokens, and the seed.</param>
    public static MicroBatch Of(IEnumerable<(int Index, Example Example)> examples, int step, SupervisedOptions options)
    {
        var all = examples.ToArray();
        return new([.. all.Select(entry => entry.Example)], [.. all.Select(entry => Weigh(entry.Example, options,
            new Random(unchecked((options.Seed * 1_000_003 + step) * 1_000_003 + entry.Index))))]);
    }

    // The first token has nothing before it that could predict it.
    static float[] Weigh(Example example, SupervisedOptions options, Random random)
    {
        var weights = new float[example.Tokens.Length];
        for (var t = 1; t < weights.Length; t++)
            weights[t] = example.IsTarget[t] ? 1
                : options.PromptShare > 0 && random.NextDouble() < options.PromptShare ? (float)options.PromptWeight : 0;
        return weights;
    }
}
