// Log-probabilities of tokens in the reply's form: text, value and bytes. Knows the tokenizer only.
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
    static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    static int[] Numbers(byte[] bytes) => [.. bytes.Select(value => (int)value)];

    static float Finite(float value) => float.IsFinite(value) ? value : Impossible;
}
