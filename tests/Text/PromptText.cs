// A prompt as text: the rendered conversation, encoded by a byte tokenizer and decoded again.
using Majlis.tests.Server;
using Majlis.Text.Chat;

namespace Majlis.tests.Text;

static class PromptText
{
    public static string Of(ChatTemplate template, Conversation conversation) =>
        TinyText.Tokenizer.Decode(ChatPrompt.Encode(template, TinyText.Tokenizer, conversation), skipSpecialTokens: false);
}
