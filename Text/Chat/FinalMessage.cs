// Ends a prompt inside its last message: marks the end of the message's text before rendering, then cuts the prompt there.
using System.Text.Json.Nodes;
using Majlis.Text.Jinja;

namespace Majlis.Text.Chat;

static class FinalMessage
{
    // A template that trims its texts drops the trailing space; then the spaces before the mark go too.
    const string End = "CONTINUE_FINAL_MESSAGE_TAG ";

    /// <summary>Appends the mark to the last message's text: its content, or the last text part of it.</summary>
    public static void Mark(JsonArray messages, string source)
    {
        if (messages.LastOrDefault() is not JsonObject message || message["content"] is not { } content)
            throw JinjaException.Value("continue_final_message: the last message has no content to continue");
        if (!source.Contains("content", StringComparison.Ordinal))
            throw JinjaException.Value("continue_final_message: the chat template does not read the messages' content");
        if (content is JsonArray parts)
        {
            var last = parts.OfType<JsonObject>().LastOrDefault(part => part["text"] is JsonValue)
                ?? throw JinjaException.Value("continue_final_message: the last message has no text to continue");
            last["text"] = (string?)last["text"] + End;
        }
        else message["content"] = (string?)content + End;
    }

    public static string Cut(string text)
    {
        var at = text.LastIndexOf(End[..^1], StringComparison.Ordinal);
        if (at < 0)
            throw JinjaException.Value("continue_final_message: the chat template leaves the last message out");
        var cut = text[..at];
        return string.CompareOrdinal(text, at, End, 0, End.Length) == 0 ? cut : PythonText.StripEnd(cut);
    }
}
