// From logits and options to a token: masks and penalties, temperature, min-p, top-k, top-p (vLLM's order), then the truncations that vLLM
// lacks. Pure: the random number is an argument. The oracle for drawing on a device. Knows no requests.
using Majlis.Inference.Grammars;
using Majlis.Model;

namespace Majlis.Inference;

/// <summary>Buffers for one row at a time; not thread-safe.</summary>
public sealed class Sampler(int vocabularySize)
{
    readonly float[] work = new float[vocabularySize];
    readonly Candidates candidates = new(vocabularySize);

    /// <summary>Draws one token from raw logits [V].</summary>
    /// <param name="ends">Tokens that would end the sequence, for min_tokens.</param>
    /// <param name="uniform">In [0, 1): the point of the cumulative distribution, ascending by id, to draw at.</param>
    /// <param name="mask">The tokens that a grammar allows; null allows all.</param>
    /// <exception cref="ArithmeticException">The logits hold NaN.</exception>
    /// <exception cref="RequestRefusedException">The options leave no token.</exception>
    public SampledToken Sample(ReadOnlySpan<float> logits, SamplingOptions options,
        ReadOnlySpan<int> prompt, ReadOnlySpan<int> output, ReadOnlySpan<int> ends, double uniform, TokenMask? mask = null)
    {
        var logSumExp = Total(logits);
        var id = Choose(logits, options, prompt, output, ends, uniform, mask);
        return new(id, (float)(logits[id] - logSumExp));
    }

    /// <summary>A token that is given instead of drawn, with its log-probability by raw logits [V].</summary>
    /// <exception cref="ArithmeticException">The logits hold NaN.</exception>
    public static SampledToken Given(ReadOnlySpan<float> logits, int id) => new(id, (float)(logits[id] - Total(logits)));

    /// <summary>Draws with a device's plan from raw logits [V]: every device must agree with it.</summary>
    public SampledToken Sample(ReadOnlySpan<float> logits, SamplingPlan plan)
    {
        var options = new SamplingOptions { Temperature = plan.Temperature, TopK = plan.TopK, TopP = plan.TopP, MinP = plan.MinP };
        return Sample(logits, options, [], [], [], plan.Uniform, plan.Allowed.IsEmpty ? null : new TokenMask(plan.Allowed.ToArray()));
    }

    /// <summary>The probabilities that <see cref="Sample(ReadOnlySpan{float}, SamplingPlan)"/> draws from, [V].</summary>
    public float[] Distribution(ReadOnlySpan<float> logits, SamplingOptions options,
        ReadOnlySpan<int> prompt, ReadOnlySpan<int> output, ReadOnlySpan<int> ends)
    {
        var probabilities = new float[logits.Length];
        Penalise(logits, options, prompt, output, ends, mask: null);
        if (options.IsGreedy)
        {
            probabilities[LogProbs.ArgMax(work)] = 1;
            return probabilities;
        }
        Truncate(options);
        for (var i = 0; i < candidates.Count; i++) probabilities[candidates.Ids[i]] = (float)candidates.Probability(i);
        return probabilities;
    }

    static double Total(ReadOnlySpan<float> logits) => LogProbs.LogSumExp(logits) is var total && double.IsFinite(total) ? total
        : throw new ArithmeticException("The network's logits are not finite.");

    int Choose(ReadOnlySpan<float> logits, SamplingOptions options,
        ReadOnlySpan<int> prompt, ReadOnlySpan<int> output, ReadOnlySpan<int> ends, double uniform, TokenMask? mask)
    {
        if (options.IsGreedy && options.IsPlain && mask is null) return LogProbs.ArgMax(logits);
        Penalise(logits, options, prompt, output, ends, mask);
        if (options.IsGreedy) return LogProbs.ArgMax(work);
        Truncate(options);
        return candidates.Draw(uniform);
    }

    void Penalise(ReadOnlySpan<float> logits, SamplingOptions options,
        ReadOnlySpan<int> prompt, ReadOnlySpan<int> output, ReadOnlySpan<int> ends, TokenMask? mask)
    {
        logits.CopyTo(work);
        if (options.IsPlain && mask is null) return;
        mask?.Apply(work, ends);
        // Where nothing but the end may come, min_tokens does not forbid it.
        Penalties.Apply(options, prompt, output, mask is { IsOver: true } ? [] : ends, work);
        if (float.IsNegativeInfinity(LogProbs.Max(work)))
            throw new RequestRefusedException(NothingLeft(options));
    }

    static OptionProblem NothingLeft(SamplingOptions options)
    {
        var field = !options.AllowedTokenIds.IsEmpty ? "allowed_token_ids" : !options.BadWords.IsEmpty ? "bad_words"
            : options.NoRepeatNgram > 0 ? "no_repeat_ngram_size" : options.MinTokens > 0 ? "min_tokens" : "structured_outputs";
        return new(field,
            $"Invalid '{field}': with the others (allowed_token_ids, bad_words, min_tokens, a grammar) it leaves no token to choose.");
    }

    void Truncate(SamplingOptions options)
    {
        candidates.Fill(work, options.Temperature);
        if (options.MinP > 0) candidates.MinP(options.MinP);
        if (options.TopK > 0) candidates.TopK(options.TopK);
        if (options.TopP < 1) candidates.TopP(options.TopP);
        if (options.TypicalP < 1) candidates.Typical(options.TypicalP);
        if (options.EpsilonCutoff > 0) candidates.Epsilon(options.EpsilonCutoff);
        if (options.EtaCutoff > 0) candidates.Eta(options.EtaCutoff);
        if (options.TopH < 1) candidates.TopH(options.TopH);
    }
}
