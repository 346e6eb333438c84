// Reads the content of one message: a text, or blocks of text, thinking, tool use and tool results. Each becomes part of a chat's messages.
// Knows no model.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Chat;
using Majlis.Server.Wire;

namespace Majlis.Server.Anthropic;

static class BlockReader
{
    const int MostBlocks = 2048;

    // By a message's role; what has no role of these is refused for that.
    static readonly Dictionary<string, string[]> types = new()
    {
        ["user"] = ["text", "tool_result"],
        ["assistant"] = ["text", "tool_use", "thinking", "redacted_thinking"],
        ["system"] = ["text"],
    };

    /// <summary>The messages of a chat that say the same as one message.</summary>
    public static IEnumerable<JsonObject> Read(Fields message, string role)
    {
        var said = new JsonObject { ["role"] = role };
        var (texts, calls) = (new JsonArray(), new JsonArray());
        foreach (var block in Blocks(message, "content", types.GetValueOrDefault(role, ["text"])))
            switch (block.Type)
            {
                case "text": texts.Add(Text(block.Fields.RequiredText("text"))); Done(block.Fields); break;
                case "tool_use": calls.Add(Call(block.Fields)); break;
                case "tool_result": yield return Result(block.Fields); break;
                case "thinking": Think(block.Fields, said); break;
                // Another service encrypted it.
                default: block.Fields.RequiredText("data"); Done(block.Fields); break;
            }
        if (calls.Count > 0) said["tool_calls"] = calls;
        if (texts.Count > 0) said["content"] = texts.Count == 1 ? texts[0]!["text"]!.DeepClone() : texts;
        // A message of results alone says nothing more.
        if (role == "assistant" || texts.Count > 0) yield return said;
    }

    /// <summary>The text of a field that is a text or an array of text blocks.</summary>
    public static string TextOf(Fields fields, string field)
    {
        var texts = new List<string>();
        foreach (var block in Blocks(fields, field, ["text"]))
        {
            texts.Add(block.Fields.RequiredText("text"));
            Done(block.Fields);
        }
        return string.Join('\n', texts);
    }

    static IEnumerable<(string Type, Fields Fields)> Blocks(Fields fields, string field, string[] types)
    {
        if (fields.Peek(field) is { ValueKind: JsonValueKind.String } text)
        {
            _ = fields.Any(field);
            var block = new JsonObject { ["type"] = "text", ["text"] = text.GetString() };
            foreach (var only in new[] { JsonSerializer.SerializeToElement(block, WireJson.Wire.JsonObject) })
                yield return Block(only, fields.Name(field), fields.Problem, types);
            yield break;
        }
        if (fields.Peek(field) is { ValueKind: JsonValueKind.Array } given && given.GetArrayLength() > MostBlocks)
            fields.Problem.Add(ApiError.TooMany(fields.Name(field), given.GetArrayLength(), MostBlocks));
        foreach (var (value, name) in fields.Items(field).TakeWhile(_ => fields.Problem.First is null))
            yield return Block(value, name, fields.Problem, types);
    }

    static (string, Fields) Block(JsonElement value, string name, Problem problem, string[] types)
    {
        var block = new Fields(value, name, problem);
        return (block.Word("type", types, required: true), block);
    }

    static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

    static JsonObject Call(Fields block)
    {
        var (id, name) = (block.RequiredText("id"), block.RequiredText("name"));
        var input = block.Of("input", JsonValueKind.Object, "an object");
        block.Problem.AddIf(input is null && block.Problem.First is null, ApiError.MissingField(block.Name("input")));
        Done(block);
        return new()
        {
            ["id"] = id,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = name, ["arguments"] = input?.GetRawText() ?? "" },
        };
    }

    static JsonObject Result(Fields block)
    {
        var id = block.RequiredText("tool_use_id");
        var text = block.Has("content") ? TextOf(block, "content") : "";
        // The API has a flag for what a chat can only say in words.
        if (block.Flag("is_error") is true) text = $"Error: {text}";
        Done(block);
        return new() { ["role"] = "tool", ["tool_call_id"] = id, ["content"] = text };
    }

    static void Think(Fields block, JsonObject said)
    {
        said["reasoning_content"] = (string?)said["reasoning_content"] + block.RequiredText("thinking");
        block.Text("signature");
        Done(block);
    }

    // The prefix cache finds reusable prefixes without hints; what an answer cited is no part of a prompt.
    static void Done(Fields block)
    {
        block.Of("cache_control", JsonValueKind.Object, "an object");
        block.Of("citations", JsonValueKind.Array, "an array");
        block.Of("caller", JsonValueKind.Object, "an object");
        block.Done();
    }
}
