// The arguments of a tool call: OpenAI's clients send them as JSON in a string; templates walk them or print them by tojson.
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Text.Chat;

static class ArgumentsJson
{
    /// <summary>
    /// The object in the text; an empty text is the empty object. Null if the text holds no object: the model wrote it, and its
    /// output need not be JSON.
    /// </summary>
    public static JsonObject? Read(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return [];
        try
        {
            using var arguments = JsonDocument.Parse(text);
            return arguments.RootElement.ValueKind == JsonValueKind.Object ? Read(arguments.RootElement) as JsonObject : null;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, which is no character.
            return null;
        }
    }

    // JsonNode.Parse would read names and strings lazily and refuse a duplicate name; here the last one counts.
    static JsonNode? Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JsonObject();
                foreach (var member in element.EnumerateObject()) members[member.Name] = Read(member.Value);
                return members;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Read)]);
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}
