// The log-probabilities of a prompt's own tokens, gathered one by one while steps read the prompt. Holds no logits; knows no schedule.
using System.Collections.Immutable;

namespace Majlis.Inference;

/// <summary>A prompt token as the tokens before it predict it, at temperature 1.</summary>
/// <param name="Rank">1 where no token is likelier.</param>
/// <param name="Top">The most likely tokens there, best first.</param>
public readonly record struct ScoredToken(int Id, float LogProbability, int Rank, ImmutableArray<TopLogProb> Top)
{
    /// <summary>The same with at most <paramref name="count"/> of the most likely tokens.</summary>
    public ScoredToken Among(int count) => this with { Top = [.. Top.Take(count)] };
}

/// <param name="top">How many of the most likely tokens to keep at each position.</param>
sealed class PromptScores(int top)
{
    readonly List<ScoredToken> scores = [];

    /// <summary>Adds the prompt's token <paramref name="id"/>, which the raw logits [V] of the token before it predict.</summary>
    /// <exception cref="ArithmeticException">The logits hold NaN.</exception>
    public void Add(int id, ReadOnlySpan<float> logits)
    {
        var logSumExp = LogProbs.LogSumExp(logits);
        if (!double.IsFinite(logSumExp)) throw new ArithmeticException("The network's logits are not finite.");
        scores.Add(new(id, (float)(logits[id] - logSumExp), LogProbs.Rank(logits, id), LogProbs.Top(logits, top, logSumExp)));
    }

    /// <summary>What was gathered; nothing the second time.</summary>
    public ImmutableArray<ScoredToken> Take()
    {
        ImmutableArray<ScoredToken> taken = [.. scores];
        scores.Clear();
        return taken;
    }
}
