// A message's plain text, whatever shape its client chose. The only place that joins parts to a text.
// Knows no template.
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Text.Chat;

public static class MessageContent
{
    /// <summary>Separates two parts, as in vLLM and llama-server.</summary>
    public const string Separator = "\n";

    /// <summary>
    /// The text of a message: its content, with parts joined by <see cref="Separator"/>; else its refusal. Empty if it has neither;
    /// parts that hold no text are left out.
    /// </summary>
    public static string TextOf(JsonNode? message)
    {
        if (message is not JsonObject members) return "";
        var text = members["content"] switch
        {
            JsonArray parts => Join(parts.Select(OfPart).OfType<string>()),
            var content => Plain(content) ?? "",
        };
        return text.Length == 0 ? Plain(members["refusal"]) ?? "" : text;
    }

    internal static string Join(IEnumerable<string> parts) => string.Join(Separator, parts);

    /// <summary>A part's text or refusal; null if it has neither.</summary>
    internal static string? OfPart(JsonNode? part) =>
        part is JsonObject members ? Plain(members["text"]) ?? Plain(members["refusal"]) : Plain(part);

    internal static string? Plain(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
