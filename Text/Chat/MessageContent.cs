// What a message says as one plain text, whatever shape its client chose. The one place where parts become a text.
// Knows no template.
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Text.Chat;

public static class MessageContent
{
    /// <summary>What stands between two parts; vLLM and llama-server join them so.</summary>
    public const string Separator = "\n";

    /// <summary>
    /// The text of a message: its content, parts joined by <see cref="Separator"/>; a refusal where that is all it says. Empty where
    /// it says nothing; parts that hold no text are passed over.
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

    /// <summary>A part's text or refusal; null where it is neither.</summary>
    internal static string? OfPart(JsonNode? part) =>
        part is JsonObject members ? Plain(members["text"]) ?? Plain(members["refusal"]) : Plain(part);

    internal static string? Plain(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
