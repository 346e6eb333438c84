// The language of a prompt, by counting scripts. It does not tell French from English nor Persian from Arabic: experts are split by
// script, and a wrong guess only moves one vote to the other expert.
using System.Text.Json.Nodes;
using Majlis.Text.Chat;
using Majlis.Text.Normalization;

namespace Majlis.Feedback.Votes;

public static class PromptLanguage
{
    public const string Arabic = "ar";
    public const string English = "en";
    public const string Other = "other";

    /// <summary>The script of more than half of the letters: Arabic is <c>ar</c>, Latin is <c>en</c>, the rest <c>other</c>.</summary>
    public static string Of(string text)
    {
        var letters = LetterCount.Of(text);
        return letters.Arabic * 2 > letters.All ? Arabic : letters.Latin * 2 > letters.All ? English : Other;
    }

    /// <summary>The language of the last user message of a JSON array of messages, or of all text where there is none.</summary>
    public static string OfMessages(string messagesJson)
    {
        var messages = JsonNode.Parse(messagesJson)!.AsArray();
        return Of(messages.LastOrDefault(message => (string?)message?["role"] == "user") is { } last ? MessageContent.TextOf(last)
            : string.Join('\n', messages.Select(MessageContent.TextOf)));
    }
}
