// Which of several answers is best, by what the model thought of them or by a reward. Ties go to the lowest index.
namespace Majlis.Inference;

public static class BestOf
{
    /// <summary>The log-probability of a whole answer.</summary>
    public static double Sum(ReadOnlySpan<float> logProbabilities)
    {
        double sum = 0;
        foreach (var logProbability in logProbabilities) sum += logProbability;
        return sum;
    }

    /// <summary>The mean log-probability of a token, so that long answers are not punished; an empty answer is the worst.</summary>
    public static double Mean(ReadOnlySpan<float> logProbabilities) =>
        logProbabilities.IsEmpty ? double.NegativeInfinity : Sum(logProbabilities) / logProbabilities.Length;

    /// <summary>Indices from the best score to the worst, equals in their own order.</summary>
    public static int[] Order(IReadOnlyList<double> scores) => [.. Enumerable.Range(0, scores.Count).OrderByDescending(i => scores[i])];
}
