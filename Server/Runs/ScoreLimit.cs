// How many log-probabilities of prompts, and of answers in a whole reply, one request may ask for. Knows no token.
using Majlis.Server.Chat;
using Majlis.Server.Wire;

namespace Majlis.Server.Runs;

static class ScoreLimit
{
    /// <summary>
    /// Values of all prompts in all choices that return them. A value is an object, its texts and an entry of a dictionary until the reply
    /// is written: by estimate 150 bytes, so the largest reply takes some 150 MB.
    /// </summary>
    public const long Most = 1 << 20;

    /// <summary>What a list of so many tokens holds, each with its rivals; null: there is no list.</summary>
    public static long Values(long tokens, int? rivals) => rivals is { } count ? tokens * (count + 1) : 0;

    /// <param name="field">The field that asks for them.</param>
    public static void CheckPrompts(long values, string field, Problem problem)
    {
        if (values > Most)
            problem.Add(ApiError.InvalidValue(field, $"Invalid '{field}': the tokens of the prompts, each with its most likely others and "
                + $"in every choice that returns them, make {values} values; up to {Most} are given at a time. Ask for fewer, or send "
                + "shorter or fewer prompts."));
    }

    /// <summary>What a whole reply may hold of its answers. In a stream they go as they come.</summary>
    /// <param name="tokens">The most that one answer may have.</param>
    /// <param name="answers">All that are generated.</param>
    public static void CheckAnswers(long tokens, int answers, OutputWishes output, Problem problem)
    {
        var values = output is { LogProbabilities: true, Stream: false } ? answers * Values(tokens, output.TopLogProbabilities) : 0;
        if (values > Most)
            problem.Add(ApiError.InvalidValue("logprobs", $"Invalid 'logprobs': {answers} answers of up to {tokens} tokens, each with its "
                + $"{output.TopLogProbabilities} most likely ones, make {values} values; up to {Most} are given at a time. Send "
                + "'max_tokens', ask for fewer, or stream them."));
    }
}
