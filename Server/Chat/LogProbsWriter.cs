// Log-probabilities of tokens in the reply's form: text, value and bytes. Knows the tokenizer only.
using System.Globalization;
using System.Text;
using Majlis.Inference;
using Majlis.Text.Tokenizers;

namespace Majlis.Server.Chat;

static class LogProbsWriter
{
    // JSON has no infinity; other servers write this value for an impossible token.
    const float Impossible = -9999;

    public static ChoiceLogProbs Of(IEnumerable<GeneratedToken> tokens, TextTokenizer tokenizer) =>
        new([.. tokens.Select(token => Entry(token, tokenizer))]);

    /// <summary>
    /// vLLM's list: null for the first token, which nothing predicts, then an object for each token, itself first, then its rivals.
    /// </summary>
    public static List<IReadOnlyDictionary<string, PromptLogProb>?> OfPrompt(IEnumerable<ScoredToken> scores, TextTokenizer tokenizer)
    {
        List<IReadOnlyDictionary<string, PromptLogProb>?> list = [null];
        foreach (var token in scores)
        {
            var entry = new Dictionary<string, PromptLogProb> { [Key(token.Id)] = Prompt(token.Id, token.LogProbability, token.Rank) };
            foreach (var (index, top) in token.Top.Index()) entry.TryAdd(Key(top.Id), Prompt(top.Id, top.LogProbability, index + 1));
            list.Add(entry);
        }
        return list;

        static string Key(int id) => id.ToString(CultureInfo.InvariantCulture);

        PromptLogProb Prompt(int id, float logProbability, int rank) =>
            new(Finite(logProbability), rank, Text(tokenizer.TokenBytes(id)));
    }

    static TokenLogProb Entry(GeneratedToken token, TextTokenizer tokenizer)
    {
        var bytes = tokenizer.TokenBytes(token.Id);
        return new TokenLogProb(Text(bytes), Finite(token.LogProbability), Numbers(bytes),
            [.. token.Top.Select(top => Top(top, tokenizer))]);
    }

    static TopLogProbReply Top(TopLogProb top, TextTokenizer tokenizer)
    {
        var bytes = tokenizer.TokenBytes(top.Id);
        return new TopLogProbReply(Text(bytes), Finite(top.LogProbability), Numbers(bytes));
    }

    // A token may end inside a character: its text then shows the replacement character, its bytes are exact.
    public static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    static int[] Numbers(byte[] bytes) => [.. bytes.Select(value => (int)value)];

    public static float Finite(float value) => float.IsFinite(value) ? value : Impossible;
}
