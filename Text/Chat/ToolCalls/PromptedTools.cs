// Tools for a model whose template has no place for them: it is told of them in plain text, its earlier calls are written out in the format
// that it is asked for, and what tools answered comes in the user's turns. Knows no template.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Text.Chat.ToolCalls;

/// <param name="How">Says how a call is written; an example follows.</param>
/// <param name="Call">A call from its name and its arguments' JSON.</param>
sealed record PromptedForm(string How, Func<string, string, string> Call);

public static class PromptedTools
{
    static readonly JsonSerializerOptions plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A copy of the messages, with roles that every template knows, which tells of the tools.</summary>
    /// <param name="messages">In OpenAI's shape.</param>
    /// <param name="tools">OpenAI's tool objects, at least one.</param>
    public static JsonArray Tell(JsonArray messages, JsonArray tools, ToolFormat format)
    {
        var said = new JsonArray();
        var names = new Dictionary<string, string>();
        foreach (var message in messages.Select(message => message!.AsObject()))
        {
            var before = said.Count > 0 ? said[^1]!.AsObject() : null;
            var role = (string?)message["role"];
            if (role is "tool" or "function") AddUser(said, before, Result(message, names));
            // What was answered and the next question are one turn.
            else if (role == "user" && (string?)before?["role"] == "user" && before.ContainsKey(Answered))
                AddUser(said, before, MessageContent.TextOf(message));
            else said.Add(role == "assistant" ? Written(message, format.Prompted!, names) : message.DeepClone());
        }
        foreach (var message in said) message!.AsObject().Remove(Answered);
        Introduce(said, Instruction(tools, format.Prompted!));
        return said;
    }

    // Marks a turn that holds results while messages are joined.
    const string Answered = "(answered)";

    static void AddUser(JsonArray said, JsonObject? before, string text)
    {
        if (before?.ContainsKey(Answered) is true) before["content"] = $"{before["content"]}\n\n{text}";
        else said.Add(new JsonObject { ["role"] = "user", ["content"] = text, [Answered] = true });
    }

    static string Result(JsonObject message, Dictionary<string, string> names)
    {
        var name = (string?)message["name"] ?? names.GetValueOrDefault((string?)message["tool_call_id"] ?? "");
        return $"Result{(name is null ? "" : $" of {name}")}:\n{MessageContent.TextOf(message)}";
    }

    static JsonObject Written(JsonObject message, PromptedForm form, Dictionary<string, string> names)
    {
        var written = message.DeepClone().AsObject();
        List<string> parts = [];
        if (MessageContent.TextOf(message) is { Length: > 0 } text) parts.Add(text);
        foreach (var call in Calls(message))
        {
            var called = (call["function"] ?? call["custom"])!;
            var name = (string)called["name"]!;
            if ((string?)call["id"] is { } id) names[id] = name;
            var arguments = (string?)called["arguments"] ?? new JsonObject { ["input"] = (string?)called["input"] }.ToJsonString(plain);
            parts.Add(form.Call(name, arguments));
        }
        written.Remove("tool_calls");
        written.Remove("function_call");
        if (parts.Count > 0) written["content"] = string.Join('\n', parts);
        return written;
    }

    static IEnumerable<JsonNode> Calls(JsonObject message) => message["tool_calls"] is JsonArray calls ? calls.Select(call => call!)
        : message["function_call"] is JsonObject function ? [new JsonObject { ["function"] = function.DeepClone() }] : [];

    // With what the system says where there is a system's turn, else before the first question: not every template takes a system.
    static void Introduce(JsonArray said, string instruction)
    {
        var turns = said.Select(message => message!.AsObject()).ToList();
        var first = turns.Find(message => (string?)message["role"] is "system" or "developer")
            ?? turns.Find(message => (string?)message["role"] == "user");
        if (first is null) said.Insert(0, new JsonObject { ["role"] = "user", ["content"] = instruction });
        else if ((string?)first["role"] == "user") first["content"] = $"{instruction}\n\n{MessageContent.TextOf(first)}";
        else first["content"] = $"{MessageContent.TextOf(first)}\n\n{instruction}";
    }

    static string Instruction(JsonArray tools, PromptedForm form) => $"""
        You can call functions. They are, as JSON, with a JSON Schema of their parameters:
        {string.Join('\n', tools.Select(tool => tool!["function"]!.ToJsonString(plain)))}

        {form.How}
        {form.Call("NAME", "{\"PARAMETER\": \"VALUE\"}")}
        What they return comes in the next message. Where no function helps, answer in words.
        """.ReplaceLineEndings("\n");
}
