// Names a prompt, so that the same question asked twice falls on the same side of the training/held-out cut.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Majlis.Feedback.Votes;

public static class PromptHash
{
    /// <summary>
    /// SHA-256 (hex) over role and text of every message, in order: text in Unicode's form NFC, white space trimmed and runs of it
    /// made one space, each field ended by a zero byte. Other fields of a message do not count.
    /// </summary>
    /// <param name="messagesJson">A JSON array of chat messages.</param>
    public static string Of(string messagesJson)
    {
        using var document = JsonDocument.Parse(messagesJson);
        var text = new StringBuilder();
        foreach (var message in document.RootElement.EnumerateArray())
            text.Append(MessageText.Role(message)).Append('\0').Append(Normal(MessageText.Content(message))).Append('\0');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    static string Normal(string text) =>
        string.Join(' ', text.Normalize(NormalizationForm.FormC).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
