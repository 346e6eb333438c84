// The messages of a chat that say the same as the items of a response's context. Knows no template.
using System.Text.Json.Nodes;

namespace Majlis.Server.Responses;

static class ItemMessages
{
    /// <param name="instructions">A system message before all others, or null.</param>
    public static JsonArray Of(JsonArray items, string? instructions)
    {
        var messages = new JsonArray();
        if (instructions is { Length: > 0 }) messages.Add(new JsonObject { ["role"] = "system", ["content"] = instructions });
        foreach (var item in items)
            switch ((string)item!["type"]!)
            {
                case "message": Say(messages, item); break;
                case "function_call": Call(Assistant(messages), item); break;
                case "function_call_output": Answer(messages, item); break;
                case "reasoning": Think(messages, item); break;
            }
        return messages;
    }

    static void Say(JsonArray messages, JsonNode item)
    {
        var parts = item["content"]!.AsArray();
        var refusal = Texts(parts, "refusal");
        var content = parts.Count(part => part!["text"] is not null) == 1 ? (JsonNode)Texts(parts, "text")
            : new JsonArray([.. parts.Where(part => part!["text"] is not null)
                .Select(part => new JsonObject { ["type"] = "text", ["text"] = (string)part!["text"]! })]);
        if (content is JsonArray { Count: 0 }) content = "";
        if ((string)item["role"]! != "assistant")
        {
            messages.Add(new JsonObject { ["role"] = (string)item["role"]!, ["content"] = content });
            return;
        }
        // What was thought before an answer stands in its message.
        var message = messages.LastOrDefault() is JsonObject { } last && IsOnlyThought(last) ? last : New(messages);
        message["content"] = content;
        if (refusal.Length > 0) message["refusal"] = refusal;
    }

    static void Call(JsonObject message, JsonNode item)
    {
        if (message["tool_calls"] is not JsonArray calls) message["tool_calls"] = calls = [];
        message["content"] ??= null;
        calls.Add(new JsonObject
        {
            ["id"] = (string)item["call_id"]!,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = (string)item["name"]!, ["arguments"] = (string)item["arguments"]! },
        });
    }

    static void Answer(JsonArray messages, JsonNode item) => messages.Add(new JsonObject
    {
        ["role"] = "tool",
        ["tool_call_id"] = (string)item["call_id"]!,
        ["content"] = item["output"] is JsonArray parts ? Texts(parts, "text") : (string)item["output"]!,
    });

    static void Think(JsonArray messages, JsonNode item)
    {
        var thought = Texts(item["content"] as JsonArray ?? item["summary"]!.AsArray(), "text");
        if (thought.Length > 0) New(messages)["reasoning_content"] = thought;
    }

    // Calls stand in the message of the text or thought before them.
    static JsonObject Assistant(JsonArray messages) =>
        messages.LastOrDefault() is JsonObject { } last && (string?)last["role"] == "assistant" ? last : New(messages);

    static JsonObject New(JsonArray messages)
    {
        var message = new JsonObject { ["role"] = "assistant" };
        messages.Add(message);
        return message;
    }

    static bool IsOnlyThought(JsonObject message) =>
        message.ContainsKey("reasoning_content") && !message.ContainsKey("content") && !message.ContainsKey("tool_calls");

    static string Texts(JsonArray parts, string field) => string.Concat(parts.Select(part => (string?)part![field]));
}
