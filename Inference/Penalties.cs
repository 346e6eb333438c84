// Changes logits before the temperature, in vLLM's order: allowed tokens, bad words, minimum length, bias, repetition, frequency and
// presence. Pure: changes one row in place. A forbidden token becomes minus infinity.
namespace Majlis.Inference;

static class Penalties
{
    /// <param name="prompt">Token ids of the prompt.</param>
    /// <param name="output">Token ids generated so far.</param>
    /// <param name="ends">Tokens that would end the sequence; forbidden while the output is shorter than min_tokens.</param>
    public static void Apply(
        SamplingOptions options, ReadOnlySpan<int> prompt, ReadOnlySpan<int> output, ReadOnlySpan<int> ends, Span<float> logits)
    {
        if (!options.AllowedTokenIds.IsEmpty) KeepOnly(options.AllowedTokenIds.AsSpan(), logits);
        foreach (var word in options.BadWords) Forbid(word.AsSpan(), output, logits);
        if (output.Length < options.MinTokens)
        {
            foreach (var end in ends) logits[end] = float.NegativeInfinity;
            foreach (var end in options.StopTokenIds) logits[end] = float.NegativeInfinity;
        }
        foreach (var (id, bias) in options.LogitBias) logits[id] += bias;
        if (options.RepetitionPenalty != 1) Repetition(options.RepetitionPenalty, prompt, output, logits);
        if (options.FrequencyPenalty != 0 || options.PresencePenalty != 0)
            Counts(options.FrequencyPenalty, options.PresencePenalty, output, logits);
        if (options.NoRepeatNgram > 0) Ngrams(options.NoRepeatNgram, prompt, output, logits);
    }

    static void KeepOnly(ReadOnlySpan<int> allowed, Span<float> logits)
    {
        var kept = new float[allowed.Length];
        for (var i = 0; i < kept.Length; i++) kept[i] = logits[allowed[i]];
        logits.Fill(float.NegativeInfinity);
        for (var i = 0; i < kept.Length; i++) logits[allowed[i]] = kept[i];
    }

    static void Forbid(ReadOnlySpan<int> word, ReadOnlySpan<int> output, Span<float> logits)
    {
        if (output.EndsWith(word[..^1])) logits[word[^1]] = float.NegativeInfinity;
    }

    static void Repetition(float penalty, ReadOnlySpan<int> prompt, ReadOnlySpan<int> output, Span<float> logits)
    {
        var seen = new HashSet<int>(prompt.Length + output.Length);
        foreach (var id in prompt) if (seen.Add(id)) Punish(ref logits[id], penalty);
        foreach (var id in output) if (seen.Add(id)) Punish(ref logits[id], penalty);
    }

    static void Punish(ref float logit, float penalty) => logit = logit > 0 ? logit / penalty : logit * penalty;

    static void Counts(float frequency, float presence, ReadOnlySpan<int> output, Span<float> logits)
    {
        var seen = new HashSet<int>(output.Length);
        foreach (var id in output) logits[id] -= seen.Add(id) ? presence + frequency : frequency;
    }

    static void Ngrams(int size, ReadOnlySpan<int> prompt, ReadOnlySpan<int> output, Span<float> logits)
    {
        int[] all = [.. prompt, .. output];
        if (all.Length < size) return;
        var tail = all.AsSpan(all.Length - size + 1);
        for (var start = 0; start + size <= all.Length; start++)
            if (all.AsSpan(start, size - 1).SequenceEqual(tail)) logits[all[start + size - 1]] = float.NegativeInfinity;
    }
}
