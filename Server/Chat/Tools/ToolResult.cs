// What tools answered to the calls of a conversation, in the order of the calls. Knows only messages whose fields were checked.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Text.Chat;

namespace Majlis.Server.Chat.Tools;

/// <param name="Id">The call's.</param>
/// <param name="Name">The tool's.</param>
/// <param name="Text">Null where the call was not answered.</param>
sealed record ToolResult(string Id, string Name, string? Text)
{
    /// <summary>The object that the tool answered, or one that holds its text.</summary>
    public JsonObject Output()
    {
        try
        {
            if (JsonNode.Parse(Text!) is JsonObject said) return said;
        }
        catch (JsonException)
        {
            // A text like any other.
        }
        return new() { ["content"] = Text };
    }
}

static class ToolResults
{
    public static List<ToolResult> Of(JsonArray messages)
    {
        var answers = new Dictionary<string, string>();
        foreach (var message in messages)
            if ((string?)message!["role"] == "tool") answers.TryAdd((string)message["tool_call_id"]!, MessageContent.TextOf(message));
        return [.. messages.SelectMany(message => message!["tool_calls"] as JsonArray ?? []).Select(call =>
        {
            var (id, called) = ((string)call!["id"]!, (call["function"] ?? call["custom"])!);
            return new ToolResult(id, (string)called["name"]!, answers.GetValueOrDefault(id));
        })];
    }
}
