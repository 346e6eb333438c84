// Writes calls as models of each format do; what parsers are tested against.
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.tests.Text.ToolCalls;

sealed record WrittenCall(string Name, JsonObject Arguments)
{
    static readonly JsonSerializerOptions plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly JsonSerializerOptions indented = new(plain) { WriteIndented = true };

    public string Json => Arguments.ToJsonString(plain);

    string Object(string name, string arguments, string more = "") =>
        $"{{\"{name}\": {JsonSerializer.Serialize(Name, plain)}, \"{arguments}\": {Arguments.ToJsonString(indented)}{more}}}";

    string Python => $"{Name}({string.Join(", ", Arguments.Select(argument => $"{argument.Key}={Literal(argument.Value)}"))})";

    /// <summary>Each way of writing a list of calls, by the name of its format.</summary>
    public static IEnumerable<(string Format, string Text)> Ways(IReadOnlyList<WrittenCall> calls)
    {
        yield return ("cohere", "<|START_ACTION|>[\n    "
            + string.Join(",\n    ", calls.Select((call, id) => "{\"tool_call_id\": \"" + id.ToString(CultureInfo.InvariantCulture) + "\", "
                + call.Object("tool_name", "parameters")[1..])) + "\n]<|END_ACTION|>");
        yield return ("hermes", string.Join('\n', calls.Select(call => $"<tool_call>\n{call.Object("name", "arguments")}\n</tool_call>")));
        yield return ("mistral", $"[TOOL_CALLS] [{string.Join(", ", calls.Select(call =>
            call.Object("name", "arguments", ", \"id\": \"VvvODy9mT\"")))}]");
        yield return ("mistral", string.Concat(calls.Select(call => $"[TOOL_CALLS]{call.Name}[CALL_ID]VvvODy9mT[ARGS]{call.Json}")));
        yield return ("mistral", string.Concat(calls.Select(call => $"[TOOL_CALLS]{call.Name}[ARGS]{call.Json}")));
        yield return ("llama", string.Join("; ", calls.Select(call => call.Object("name", "parameters"))));
        yield return ("llama", "<|python_tag|>" + string.Join("; ", calls.Select(call => call.Object("name", "parameters"))));
        yield return ("pythonic", $"[{string.Join(", ", calls.Select(call => call.Python))}]");
        yield return ("gemma", $"```tool_code\n{string.Join('\n', calls.Select(call => call.Python))}\n```");
        yield return ("gemma", $"```json\n[{string.Join(",\n", calls.Select(call => call.Object("name", "parameters")))}]\n```");
    }

    static string Literal(JsonNode? value) => value switch
    {
        null => "None",
        JsonArray items => $"[{string.Join(", ", items.Select(Literal))}]",
        JsonObject members => $"{{{string.Join(", ", members.Select(member => $"{Quoted(member.Key)}: {Literal(member.Value)}"))}}}",
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => Quoted((string)value!),
            JsonValueKind.True => "True",
            JsonValueKind.False => "False",
            _ => value.ToJsonString(),
        },
    };

    // As Python's repr does, single quotes unless the text has some.
    static string Quoted(string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        return quote + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace($"{quote}", $"\\{quote}", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal) + quote;
    }
}
