// Guesses what follows from the sequence's own past: what came after the last tokens when they last occurred
// (https://github.com/apoorvumang/prompt-lookup-decoding). Needs no model; good where an answer repeats its prompt. Pure.
namespace Majlis.Inference.Speculation;

static class PromptLookup
{
    const int Longest = 4, Shortest = 2;

    /// <summary>
    /// <paramref name="most"/> tokens; none where the last two have not occurred before. What repeats itself at the end goes on doing so.
    /// </summary>
    public static int[] Next(ReadOnlySpan<int> tokens, int most)
    {
        for (var length = Math.Min(Longest, tokens.Length - 1); length >= Shortest; length--)
        {
            var found = tokens[..^1].LastIndexOf(tokens[^length..]);
            if (found < 0) continue;
            var next = new int[most];
            var known = tokens[(found + length)..];
            for (var i = 0; i < most; i++) next[i] = i < known.Length ? known[i] : next[i - known.Length];
            return next;
        }
        return [];
    }
}
