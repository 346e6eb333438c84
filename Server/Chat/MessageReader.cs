// The messages of a chat request: checked against OpenAI's specification field by field, passed on as the client sent them, without what a
// reply says beside its text. Knows no template.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Chat.Tools;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class MessageReader
{
    // OpenAI's limit of messages in a request; applied to the sum of all their parts too.
    const int Most = 2048;

    static readonly string[] roles = ["system", "developer", "user", "assistant", "tool", "function"];

    /// <summary>The messages, or an empty array with the reason in the fields' problem.</summary>
    public static JsonArray Read(Fields fields)
    {
        if (Given(fields) is not { } given) return [];
        var messages = new List<JsonElement>(given.EnumerateArray());
        var parts = 0;
        for (var index = 0; index < messages.Count && fields.Problem.First is null; index++)
            Check(new Fields(messages[index], $"messages[{index}]", fields.Problem), ref parts);
        if (fields.Problem.First is null) ToolHistory.Check(messages, fields);
        return fields.Problem.First is null ? Said(given) : [];
    }

    // Citations repeat whole documents: they count neither as part of a prompt nor of a battle.
    static JsonArray Said(JsonElement given)
    {
        var messages = JsonArray.Create(given.Clone())!;
        foreach (var message in messages)
        {
            foreach (var beside in new[] { "annotations", "citations" }) message!.AsObject().Remove(beside);
            foreach (var part in (message!["content"] as JsonArray ?? []).OfType<JsonObject>().Where(part => part.ContainsKey("role")))
                foreach (var (name, _) in part.Where(field => field.Key is not ("type" or "text" or "refusal")).ToList()) part.Remove(name);
        }
        return messages;
    }

    static JsonElement? Given(Fields fields)
    {
        var given = fields.Any("messages");
        if (given is null) fields.Problem.Add(ApiError.MissingField("messages"));
        else if (given.Value.ValueKind != JsonValueKind.Array)
            fields.Problem.Add(ApiError.WrongType("messages", "an array", Fields.Kind(given.Value)));
        else if (given.Value.GetArrayLength() == 0)
            fields.Problem.Add(ApiError.InvalidValue("messages", "Invalid 'messages': at least one message is needed."));
        else if (given.Value.GetArrayLength() > Most)
            fields.Problem.Add(ApiError.TooMany("messages", given.Value.GetArrayLength(), Most));
        return fields.Problem.First is null ? given : null;
    }

    static void Check(Fields fields, ref int parts)
    {
        var role = fields.Word("role", roles, required: true);
        var says = CheckContent(fields, role, ref parts);
        if (role == "function") fields.RequiredText("name");
        else fields.Text("name");
        if (role == "assistant") says |= ToolCallReader.Check(fields);
        if (role == "tool") fields.RequiredText("tool_call_id");
        if (!says && role != "function") fields.Problem.Add(ApiError.MissingField(fields.Name("content")));
        fields.Done();
    }

    static bool CheckContent(Fields fields, string role, ref int parts)
    {
        if (fields.Any("content") is not { } content) return false;
        if (content.ValueKind == JsonValueKind.String) return true;
        var name = fields.Name("content");
        var count = content.ValueKind == JsonValueKind.Array ? content.GetArrayLength() : 0;
        if (count == 0)
            fields.Problem.Add(ApiError.WrongType(name, "a string or an array of text parts",
                content.ValueKind == JsonValueKind.Array ? "an empty array" : Fields.Kind(content)));
        else if ((parts += count) > Most)
            fields.Problem.Add(ApiError.TooMany(name, parts, Most));
        else
            CheckParts(content, role, name, fields.Problem);
        return true;
    }

    static void CheckParts(JsonElement content, string role, string name, Problem problem)
    {
        string[] types = role == "assistant" ? ["text", "refusal"] : ["text"];
        var index = 0;
        foreach (var value in content.EnumerateArray())
        {
            var part = new Fields(value, $"{name}[{index++}]", problem);
            part.RequiredText(part.Word("type", types, required: true) == "refusal" ? "refusal" : "text");
            // The prefix cache finds reusable prefixes without this hint.
            part.Of("prompt_cache_breakpoint", JsonValueKind.Object, "an object");
            // OpenAI's own agents send back all that the reply's message held, as fields of its text.
            if (role == "assistant" && part.Has("role") && part.Word("role", ["assistant"]).Length > 0) ToolCallReader.Check(part);
            part.Done();
        }
    }
}
