// How many log-probabilities of prompts one request may ask for. Knows no request and no token.
using Majlis.Server.Wire;

namespace Majlis.Server.Runs;

static class PromptScoreLimit
{
    /// <summary>
    /// Values of all prompts in all choices that return them. A value is an object, its texts and an entry of a dictionary until the reply
    /// is written: by estimate 150 bytes, so the largest reply takes some 150 MB.
    /// </summary>
    public const long Most = 1 << 20;

    /// <summary>What a list of so many tokens holds, each with its rivals; null: there is no list.</summary>
    public static long Values(long tokens, int? rivals) => rivals is { } count ? tokens * (count + 1) : 0;

    /// <param name="field">The field that asks for them.</param>
    public static void Check(long values, string field, Problem problem)
    {
        if (values > Most)
            problem.Add(ApiError.InvalidValue(field, $"Invalid '{field}': the tokens of the prompts, each with its most likely others and "
                + $"in every choice that returns them, make {values} values; up to {Most} are given at a time. Ask for fewer, or send "
                + "shorter or fewer prompts."));
    }
}
