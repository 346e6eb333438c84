// Which language a prompt is in, by counting scripts. It does not tell French from English nor Persian from Arabic:
// experts are split by script, and a wrong guess moves one vote to the other expert, no more.
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Text.Chat;

namespace Majlis.Feedback.Votes;

public static class PromptLanguage
{
    public const string Arabic = "ar";
    public const string English = "en";
    public const string Other = "other";

    /// <summary>The script of more than half of the letters: Arabic is <c>ar</c>, Latin is <c>en</c>, the rest <c>other</c>.</summary>
    public static string Of(string text)
    {
        int arabic = 0, latin = 0, letters = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsLetter(rune)) continue;
            letters++;
            if (IsArabic(rune.Value)) arabic++;
            else if (IsLatin(rune.Value)) latin++;
        }
        return arabic * 2 > letters ? Arabic : latin * 2 > letters ? English : Other;
    }

    /// <summary>The language of the last user message of a JSON array of messages, or of all text where there is none.</summary>
    public static string OfMessages(string messagesJson)
    {
        var messages = JsonNode.Parse(messagesJson)!.AsArray();
        return Of(messages.LastOrDefault(message => (string?)message?["role"] == "user") is { } last ? MessageContent.TextOf(last)
            : string.Join('\n', messages.Select(MessageContent.TextOf)));
    }

    static bool IsArabic(int point) => point is >= 0x0600 and <= 0x06FF or >= 0x0750 and <= 0x077F or >= 0x0870 and <= 0x08FF
        or >= 0xFB50 and <= 0xFDFF or >= 0xFE70 and <= 0xFEFF;

    static bool IsLatin(int point) => point is >= 'A' and <= 'Z' or >= 'a' and <= 'z' or >= 0x00C0 and <= 0x024F or >= 0x1E00 and <= 0x1EFF;
}
