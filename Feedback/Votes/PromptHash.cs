// Hashes a prompt, so that the same question asked twice is on the same side of the held-out split.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Text.Chat;
using Majlis.Text.Normalization;

namespace Majlis.Feedback.Votes;

public static class PromptHash
{
    /// <summary>
    /// SHA-256 (hex) over role and text of every message, in order. Text is folded (<see cref="FoldedText.Of"/>) and trimmed, runs of
    /// white space become one space, and each field ends with a zero byte. Other fields of a message do not count; a developer counts
    /// as the system, which is its older name.
    /// </summary>
    /// <remarks>
    /// Folding keeps a question on its side of the split when it is asked again with vowel marks, tatweel, invisible marks, other digits
    /// or a Persian keyboard. Texts without any of these, and without hamza on an alef or a dotless yeh, hash as they did when only NFC
    /// was applied; battles keep the hash they were stored with.
    /// </remarks>
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
        string.Join(' ', FoldedText.Of(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
