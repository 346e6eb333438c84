// A prompt as text: what a template made of a conversation, through a tokenizer of bytes and back.
using Majlis.tests.Server;
using Majlis.Text.Chat;

namespace Majlis.tests.Text;

static class PromptText
{
    public static string Of(ChatTemplate template, Conversation conversation) =>
        TinyText.Tokenizer.Decode(ChatPrompt.Encode(template, TinyText.Tokenizer, conversation), skipSpecialTokens: false);
}
