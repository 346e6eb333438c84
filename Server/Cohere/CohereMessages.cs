// Reads the messages of Cohere's chat as those of OpenAI's: parts of text, documents as results of tools, thinking, and tool plans. Knows
// no model.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Chat;
using Majlis.Server.Wire;

namespace Majlis.Server.Cohere;

static class CohereMessages
{
    const string Field = "messages";
    const int Most = 2048;
    const int MostBytes = 1 << 18;

    public static JsonArray Read(Fields fields)
    {
        if (!fields.Has(Field)) fields.Problem.Add(ApiError.MissingField(Field));
        if (fields.Peek(Field) is { ValueKind: JsonValueKind.Array } given && given.GetArrayLength() > Most)
            fields.Problem.Add(ApiError.TooMany(Field, given.GetArrayLength(), Most));
        var messages = new JsonArray();
        foreach (var (value, name) in fields.Items(Field).TakeWhile(_ => fields.Problem.First is null))
            messages.Add(Message(new Fields(value, name, fields.Problem)));
        // The chat's reader also sees that each call has its result.
        return fields.Problem.First is not null ? []
            : Translation.Read(new() { [Field] = messages }, MessageReader.Read, fields.Problem, chat => chat);
    }

    static JsonObject Message(Fields message)
    {
        var role = message.Word("role", ["user", "assistant", "system", "tool"], required: true);
        var read = new JsonObject { ["role"] = role };
        if (message.Peek("content") is { ValueKind: JsonValueKind.String }) read["content"] = message.Text("content");
        else if (message.Has("content")) Content(message, role, read);
        if (role == "assistant") Calls(message, read);
        if (role == "tool") read["tool_call_id"] = message.RequiredText("tool_call_id");
        message.Done();
        return read;
    }

    static void Content(Fields message, string role, JsonObject read)
    {
        string[] types = role switch
        {
            "assistant" => ["text", "thinking"],
            "tool" => ["text", "document"],
            _ => ["text"],
        };
        var texts = new List<string>();
        foreach (var (value, name) in message.Items("content").TakeWhile(_ => message.Problem.First is null))
        {
            var part = new Fields(value, name, message.Problem);
            switch (part.Word("type", types, required: true))
            {
                case "thinking": read["reasoning_content"] = (string?)read["reasoning_content"] + part.RequiredText("thinking"); break;
                case "document": texts.Add(Document(part)); break;
                default: texts.Add(part.RequiredText("text")); break;
            }
            part.Done();
        }
        if (texts.Count > 0) read["content"] = string.Join('\n', texts);
    }

    // A result may be a document; the model reads what it says.
    static string Document(Fields part)
    {
        if (part.Of("document", JsonValueKind.Object, "an object") is not { } given)
        {
            part.Problem.Add(ApiError.MissingField(part.Name("document")));
            return "";
        }
        var document = new Fields(given, part.Name("document"), part.Problem);
        document.Text("id");
        if (!document.Has("data")) document.Problem.Add(ApiError.MissingField(document.Name("data")));
        var data = document.Small("data", MostBytes);
        document.Done();
        return data is { ValueKind: JsonValueKind.String } text ? text.GetString()! : data?.GetRawText() ?? "";
    }

    static void Calls(Fields message, JsonObject read)
    {
        if (message.Of("tool_calls", JsonValueKind.Array, "an array") is { } calls) read["tool_calls"] = Translation.Node(calls);
        if (message.Text("tool_plan") is { Length: > 0 } plan) read["reasoning_content"] = (string?)read["reasoning_content"] + plan;
        message.Of("citations", JsonValueKind.Array, "an array");
    }
}
