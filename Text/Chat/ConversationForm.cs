// An OpenAI conversation in the form that templates for local models expect: arguments of tool calls as objects, content in a
// shape that the template reads, developers as system where the template knows no developers.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Text.Jinja;

namespace Majlis.Text.Chat;

static class ConversationForm
{
    public static Conversation Fit(Conversation conversation, ChatTemplate template)
    {
        var developers = template.Facts.Any(facts => facts.Texts.Contains("developer"));
        return conversation with
        {
            Messages = new JsonArray([.. conversation.Messages.Select(message =>
            Fit(message, template, developers))])
        };
    }

    static JsonNode? Fit(JsonNode? message, ChatTemplate template, bool developers)
    {
        if (message is not JsonObject members) return message?.DeepClone();
        var fitted = members.DeepClone().AsObject();
        if (members["content"] is { } content) fitted["content"] = template.Content.Fit(content);
        if (!developers && members["role"] is JsonValue role && (string?)role == "developer") fitted["role"] = "system";
        foreach (var call in fitted["tool_calls"] as JsonArray ?? []) ParseArguments(call?["function"] as JsonObject);
        return fitted;
    }

    // OpenAI sends the arguments as JSON in a string; templates walk them or print them by tojson.
    static void ParseArguments(JsonObject? function)
    {
        if (function?["arguments"] is not JsonValue value || value.GetValueKind() != JsonValueKind.String) return;
        try
        {
            using var arguments = JsonDocument.Parse((string)value!);
            if (arguments.RootElement.ValueKind == JsonValueKind.Object) function["arguments"] = Read(arguments.RootElement);
        }
        catch (JsonException)
        {
            // What the model wrote is no JSON; the template gets it as it is.
        }
        catch (InvalidOperationException unreadable)
        {
            throw new JinjaException("ValueError",
                "the arguments of a tool call hold half a surrogate pair, which is no character", unreadable);
        }
    }

    // Not JsonNode.Parse, which reads names and strings late, far from here, and refuses a name that comes twice: the last one counts.
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
