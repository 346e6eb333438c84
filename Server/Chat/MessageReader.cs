// The messages of a chat request, in the shape chat templates take. Knows roles and parts, not what a template makes of them.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class MessageReader
{
    static readonly string[] roles = ["system", "developer", "user", "assistant", "tool"];

    public static JsonArray Read(Fields fields)
    {
        var messages = new JsonArray();
        var given = fields.Any("messages");
        if (given is null) fields.Problem.Add(ApiError.MissingField("messages"));
        else if (given.Value.ValueKind != JsonValueKind.Array)
            fields.Problem.Add(ApiError.WrongType("messages", "an array", Fields.Kind(given.Value)));
        else if (given.Value.GetArrayLength() == 0)
            fields.Problem.Add(ApiError.InvalidValue("messages", "Invalid 'messages': at least one message is needed."));
        else
            foreach (var message in given.Value.EnumerateArray())
                messages.Add(Message(new Fields(message, $"messages[{messages.Count}]", fields.Problem)));
        return messages;
    }

    static JsonObject Message(Fields fields)
    {
        var role = fields.Word("role", roles, required: true);
        // Templates know 'system'; OpenAI renamed it to 'developer' with the same meaning.
        var message = new JsonObject { ["role"] = role == "developer" ? "system" : role };
        var content = Content(fields);
        if (fields.Text("name") is { } name) message["name"] = name;
        if (role == "assistant") ToolCallReader.ReadCalls(fields, message);
        if (role == "tool") message["tool_call_id"] = fields.RequiredText("tool_call_id");
        if (content is null && message["tool_calls"] is null) fields.Problem.Add(ApiError.MissingField(fields.Name("content")));
        message["content"] = content;
        fields.Done();
        return message;
    }

    /// <summary>Text, or text parts joined by line ends; null where there is none.</summary>
    static string? Content(Fields fields)
    {
        if (fields.Any("content") is not { } content) return null;
        if (content.ValueKind == JsonValueKind.String) return content.GetString();
        if (content.ValueKind == JsonValueKind.Array && content.GetArrayLength() > 0)
            return string.Join('\n', content.EnumerateArray().Select((part, index) =>
                Part(part, $"{fields.Name("content")}[{index}]", fields.Problem)));
        fields.Problem.Add(ApiError.WrongType(fields.Name("content"), "a string or an array of text parts",
            content.ValueKind == JsonValueKind.Array ? "an empty array" : Fields.Kind(content)));
        return null;
    }

    static string Part(JsonElement value, string name, Problem problem)
    {
        var part = new Fields(value, name, problem);
        part.Word("type", ["text"], required: true);
        var text = part.RequiredText("text");
        part.Done();
        return text;
    }
}
