// Log-probabilities of one choice in the form of OpenAI's completions, token after token. Knows the tokenizer only.
using Majlis.Inference;
using Majlis.Server.Chat;
using Majlis.Text.Tokenizers;

namespace Majlis.Server.Completions;

/// <param name="echo">What the choice's text begins with before what is generated.</param>
sealed class CompletionLogProbsWriter(TextTokenizer tokenizer, int[] prompt, string echo, bool skipsSpecialTokens)
{
    readonly TokenStream answer = Begin(tokenizer, prompt, skipsSpecialTokens);
    // Code points of the choice's text before the next token.
    int offset = Points(echo);

    /// <summary>The prompt's tokens, to be written before every choice's answer.</summary>
    /// <param name="scores">Those of all its tokens but the first.</param>
    /// <param name="text">The prompt as it is echoed: without tokens that the tokenizer put before it.</param>
    public static CompletionLogProbs Prompt(TextTokenizer tokenizer, int[] prompt, IReadOnlyList<ScoredToken> scores, string text)
    {
        var list = new CompletionLogProbs([], [], [], []);
        var (reading, read) = (tokenizer.Stream(skipSpecialTokens: false), 0);
        var length = Points(text);
        var before = Math.Max(0, Points(tokenizer.Decode(prompt, skipSpecialTokens: false)) - length);
        foreach (var (index, id) in prompt.Index())
        {
            Add(tokenizer, list, id, index == 0 ? null : scores[index - 1].LogProbability,
                index == 0 ? [] : scores[index - 1].Top, Math.Clamp(read - before, 0, length));
            read += Points(reading.Push(id));
        }
        return list;
    }

    /// <summary>Generated tokens, with one that ended the text, after those of the prompt where they are given.</summary>
    public CompletionLogProbs Answer(IEnumerable<GeneratedToken> tokens, CompletionLogProbs? echoed = null)
    {
        var list = echoed is null ? new CompletionLogProbs([], [], [], [])
            : new([.. echoed.Tokens], [.. echoed.TokenLogprobs], [.. echoed.TopLogprobs], [.. echoed.TextOffset]);
        foreach (var token in tokens)
        {
            Add(tokenizer, list, token.Id, token.LogProbability, token.Top, offset);
            offset += Points(answer.Push(token.Id));
        }
        return list;
    }

    static void Add(TextTokenizer tokenizer, CompletionLogProbs list, int id, float? logProbability, IReadOnlyList<TopLogProb> rivals,
        int at)
    {
        var text = LogProbsWriter.Text(tokenizer.TokenBytes(id));
        Dictionary<string, float>? top = null;
        if (logProbability is { } own)
        {
            top = new() { [text] = LogProbsWriter.Finite(own) };
            // Tokens that end inside a character may have one text; the likeliest of them stays.
            foreach (var rival in rivals)
            {
                var name = LogProbsWriter.Text(tokenizer.TokenBytes(rival.Id));
                top[name] = Math.Max(LogProbsWriter.Finite(rival.LogProbability), top.GetValueOrDefault(name, float.NegativeInfinity));
            }
        }
        list.Tokens.Add(text);
        list.TokenLogprobs.Add(logProbability is { } value ? LogProbsWriter.Finite(value) : null);
        list.TopLogprobs.Add(top);
        list.TextOffset.Add(at);
    }

    static TokenStream Begin(TextTokenizer tokenizer, int[] prompt, bool skipsSpecialTokens)
    {
        var stream = tokenizer.Stream(skipsSpecialTokens);
        stream.Continue(prompt);
        return stream;
    }

    static int Points(string text) => text.Count(unit => !char.IsLowSurrogate(unit));
}
