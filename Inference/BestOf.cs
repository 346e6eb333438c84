// Ranks several answers by the model's own log-probabilities or by a reward. Ties go to the lowest index. Knows no text.
namespace Majlis.Inference;

public static class BestOf
{
    /// <summary>The sum of an answer's token log-probabilities.</summary>
    public static double Sum(ReadOnlySpan<float> logProbabilities)
    {
        double sum = 0;
        foreach (var logProbability in logProbabilities) sum += logProbability;
        return sum;
    }

    /// <summary>The mean log-probability per token, so that long answers are not penalised; an empty answer ranks last.</summary>
    public static double Mean(ReadOnlySpan<float> logProbabilities) =>
        logProbabilities.IsEmpty ? double.NegativeInfinity : Sum(logProbabilities) / logProbabilities.Length;

    /// <summary>Indices from the best score to the worst; equal scores keep their order.</summary>
    public static int[] Order(IReadOnlyList<double> scores) => [.. Enumerable.Range(0, scores.Count).OrderByDescending(i => scores[i])];
}
