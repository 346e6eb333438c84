// Names a prompt, so that the same question asked twice falls on the same side of the training/held-out cut.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Text.Chat;

namespace Majlis.Feedback.Votes;

public static class PromptHash
{
    /// <summary>
    /// SHA-256 (hex) over role and text of every message, in order: text in Unicode's form NFC, white space trimmed and runs of it
    /// made one space, each field ended by a zero byte. Other fields of a message do not count; a developer counts as the system, which
    /// is its older name.
    /// </summary>
    /// <param name="messagesJson">A JSON array of chat messages.</param>
    public static string Of(string messagesJson)
    {
        var text = new StringBuilder();
        foreach (var message in JsonNode.Parse(messagesJson)!.AsArray())
            text.Append(Role(message)).Append('\0').Append(Normal(MessageContent.TextOf(message))).Append('\0');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    static string? Role(JsonNode? message) => (string?)message?["role"] is "developer" ? "system" : (string?)message?["role"];

    static string Normal(string text) =>
        string.Join(' ', text.Normalize(NormalizationForm.FormC).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
