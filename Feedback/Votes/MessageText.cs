// The plain text of a chat message, whether its content is a string or a list of text parts. Knows no other part.
using System.Text.Json;

namespace Majlis.Feedback.Votes;

static class MessageText
{
    public static string Role(JsonElement message) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty("role", out var role) ? role.GetString() ?? "" : "";

    public static string Content(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("content", out var content)) return "";
        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(Part)),
            _ => "",
        };
    }

    static string Part(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text) ? text.GetString() ?? "" : "";
}
