// Which shapes of a message's content a template can read: plain text, a list of parts, or both. Found by rendering probes.
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
        var parts = Shows(template, new JsonArray(Part(Needle)));
        // A template that shows neither probe (it may refuse a lone user) is taken to read text.
        return text || parts ? new ContentForm(text, parts) : new ContentForm(true, false);
    }

    static bool Shows(ChatTemplate template, JsonNode content)
    {
        try
        {
            var prompt = template.Render(new Conversation([new JsonObject { ["role"] = "user", ["content"] = content }])
            {
                AddGenerationPrompt = true,
            });
            // A list that is printed whole shows its members' names.
            return prompt.Contains(Needle, StringComparison.Ordinal) && !prompt.Contains("text': '" + Needle, StringComparison.Ordinal)
                && !prompt.Contains("text\": \"" + Needle, StringComparison.Ordinal);
        }
        catch (JinjaException)
        {
            return false;
        }
    }

    /// <summary>The content in a shape that the template reads; may be <paramref name="content"/> itself.</summary>
    /// <exception cref="JinjaException">A part is not text, and the template takes only text.</exception>
    public JsonNode? Fit(JsonNode? content) => content switch
    {
        JsonArray parts when !Parts => MessageContent.Join(parts.Select(OnlyText)),
        JsonArray parts => new JsonArray([.. parts.Select(AsText)]),
        JsonValue text when !Text => new JsonArray(Part((string)text!)),
        _ => content,
    };

    static JsonObject Part(string text) => new() { ["type"] = "text", ["text"] = text };

    // Templates that read parts know text and images; a refusal becomes a text part.
    static JsonNode? AsText(JsonNode? part) => MessageContent.OfPart(part) is { } text ? Part(text) : part?.DeepClone();

    static string OnlyText(JsonNode? part) => MessageContent.OfPart(part)
        ?? throw JinjaException.Value($"this chat template takes text only, not a part of type {(part as JsonObject)?["type"]}");
}
