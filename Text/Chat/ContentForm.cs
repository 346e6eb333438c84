// Which shapes of a message's content a template can read: plain text, a list of parts, or both. Found out by rendering a probe.
using System.Text.Json.Nodes;
using Majlis.Text.Jinja;

namespace Majlis.Text.Chat;

/// <summary>Most templates take text only, a few parts only.</summary>
sealed record ContentForm(bool Text, bool Parts)
{
    const string Needle = "needle1needle";

    public static ContentForm Probe(ChatTemplate template)
    {
        var text = Shows(template, Needle);
        var parts = Shows(template, new JsonArray(new JsonObject { ["type"] = "text", ["text"] = Needle }));
        // A template that shows neither (it may refuse a lone user) is taken to be of the common kind.
        return text || parts ? new ContentForm(text, parts) : new ContentForm(true, false);
    }

    static bool Shows(ChatTemplate template, JsonNode content)
    {
        try
        {
            var prompt = template.Render(new Conversation([new JsonObject { ["role"] = "user",
                ["content"] = content }])
            { AddGenerationPrompt = true });
            // A list that is printed as it is shows its members' names.
            return prompt.Contains(Needle, StringComparison.Ordinal) && !prompt.Contains("text': '" + Needle, StringComparison.Ordinal)
                && !prompt.Contains("text\": \"" + Needle, StringComparison.Ordinal);
        }
        catch (JinjaException)
        {
            return false;
        }
    }

    /// <summary>The content in a shape that the template reads.</summary>
    /// <exception cref="JinjaException">A part that is not text, for a template that takes only text.</exception>
    public JsonNode? Fit(JsonNode? content) => content switch
    {
        JsonArray parts when !Parts => string.Join('\n', parts.Select(TextOf)),
        JsonValue text when !Text => new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text.DeepClone() }),
        _ => content?.DeepClone(),
    };

    static string TextOf(JsonNode? part) => (part as JsonObject)?["text"] is JsonValue text ? (string)text!
        : part is JsonValue plain ? (string)plain!
        : throw JinjaException.Value($"this chat template takes text only, not a part of type {(part as JsonObject)?["type"]}");
}
