// Reads system and messages as the messages of a chat. Messages of one role in a row are one, as in this API. Knows no model.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Chat;
using Majlis.Server.Wire;

namespace Majlis.Server.Anthropic;

static class MessageList
{
    const string Field = "messages";
    const string Continued = "continue_final_message";
    const int Most = 2048;

    // What the system says at the beginning stands in a field of its own.
    static readonly string[] first = ["user", "assistant"], later = ["user", "assistant", "system"];

    public static JsonArray Read(Fields fields)
    {
        var messages = new JsonArray();
        if (fields.Has("system") && BlockReader.TextOf(fields, "system") is { Length: > 0 } system)
            messages.Add(new JsonObject { ["role"] = "system", ["content"] = system });
        if (!fields.Has(Field)) fields.Problem.Add(ApiError.MissingField(Field));
        var count = 0;
        foreach (var (value, name) in fields.Items(Field).TakeWhile(_ => fields.Problem.First is null))
        {
            fields.Problem.AddIf(++count > Most, ApiError.TooMany(Field, count, Most));
            var message = new Fields(value, name, fields.Problem);
            var role = message.Word("role", count == 1 ? first : later, required: true);
            if (!message.Has("content")) message.Problem.Add(ApiError.MissingField(message.Name("content")));
            if (role != "assistant" && message.Peek("content") is { ValueKind: JsonValueKind.Array } blocks && blocks.GetArrayLength() == 0)
                message.Problem.Add(ApiError.InvalidValue(message.Name("content"),
                    $"Invalid '{message.Name("content")}': a text or at least one block is expected."));
            foreach (var said in BlockReader.Read(message, role)) Add(messages, said);
            message.Done();
        }
        fields.Problem.AddIf(count == 0, ApiError.InvalidValue(Field, $"Invalid '{Field}': at least one message is needed."));
        // The chat's reader also sees that each call has its result.
        return fields.Problem.First is not null ? [] : Translation.Read(Chat(messages), ReadChat, fields.Problem, _ => Field);
    }

    static JsonArray ReadChat(Fields chat)
    {
        var messages = MessageReader.Read(chat);
        chat.Flag(Continued);
        return messages;
    }

    /// <summary>Whether the answer goes on from the last message.</summary>
    public static bool IsContinued(JsonArray messages) => (string?)messages.LastOrDefault()?["role"] == "assistant";

    static JsonObject Chat(JsonArray messages)
    {
        var chat = new JsonObject { [Field] = messages };
        if (IsContinued(messages)) chat[Continued] = true;
        return chat;
    }

    static void Add(JsonArray messages, JsonObject said)
    {
        if (messages.LastOrDefault() is JsonObject last && (string?)last["role"] == (string?)said["role"] && IsText(last) && IsText(said))
            last["content"] = new JsonArray([.. Parts(last), .. Parts(said)]);
        else messages.Add(said);
    }

    static bool IsText(JsonObject message) => (string?)message["role"] is "user" or "assistant" && message.Count == 2;

    static IEnumerable<JsonNode> Parts(JsonObject message) => message["content"] is JsonArray parts
        ? parts.Select(part => part!.DeepClone())
        : [new JsonObject { ["type"] = "text", ["text"] = message["content"]?.DeepClone() }];
}
