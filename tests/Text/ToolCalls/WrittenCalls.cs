// Writes calls as models of each format do; what parsers are tested against.
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Text.Chat.ToolCalls;

namespace Majlis.tests.Text.ToolCalls;

sealed record WrittenCall(string Name, JsonObject Arguments)
{
    static readonly JsonSerializerOptions plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly JsonSerializerOptions indented = new(plain) { WriteIndented = true };

    /// <summary>A tool for which these arguments are right, and strict.</summary>
    public CallTool Tool => new(Name, new JsonObject
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(Arguments.Select(argument =>
            KeyValuePair.Create(argument.Key, (JsonNode?)Kind(argument.Value)))),
        ["required"] = new JsonArray([.. Arguments.Select(argument => JsonValue.Create(argument.Key))]),
        ["additionalProperties"] = false,
    }, Strict: true);

    public string Json => Arguments.ToJsonString(plain);

    string Object(string name, string arguments, string more = "") =>
        $"{{\"{name}\": {JsonSerializer.Serialize(Name, plain)}, \"{arguments}\": {Arguments.ToJsonString(indented)}{more}}}";

    string Python => $"{Name}({string.Join(", ", Arguments.Select(argument => $"{argument.Key}={Literal(argument.Value)}"))})";

    string Tags => $"<function={Name}>\n{string.Concat(Arguments.Select(argument =>
        $"<parameter={argument.Key}>\n{Tagged(argument.Value)}\n</parameter>\n"))}</function>";

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
        yield return ("qwen3_coder", string.Join('\n', calls.Select(call => $"<tool_call>\n{call.Tags}\n</tool_call>")));
        yield return ("qwen3_coder", string.Join('\n', calls.Select(call => call.Tags)));
        yield return ("seed_oss", string.Join('\n', calls.Select(call => $"<seed:tool_call>\n{call.Tags}\n</seed:tool_call>")));
        yield return ("glm45", string.Join('\n', calls.Select(call => $"<tool_call>{call.Name}\n{call.Keys("\n")}</tool_call>")));
        yield return ("glm45", string.Concat(calls.Select(call => $"<tool_call>{call.Name}{call.Keys("")}</tool_call>")));
        yield return ("granite", $"<|tool_call|>[{string.Join(", ", calls.Select(call => call.Object("name", "arguments")))}]");
        yield return ("deepseek_v3", Section("<｜tool▁calls▁begin｜>", "\n", "<｜tool▁calls▁end｜>", calls.Select(call =>
            $"<｜tool▁call▁begin｜>function<｜tool▁sep｜>{call.Name}\n```json\n{call.Json}\n```<｜tool▁call▁end｜>")));
        yield return ("deepseek_v31", Section("<｜tool▁calls▁begin｜>", "", "<｜tool▁calls▁end｜>", calls.Select(call =>
            $"<｜tool▁call▁begin｜>{call.Name}<｜tool▁sep｜>{call.Json}<｜tool▁call▁end｜>")));
        yield return ("kimi_k2", Section("<|tool_calls_section_begin|>", "", "<|tool_calls_section_end|>", calls.Select((call, id) =>
            $"<|tool_call_begin|>functions.{call.Name}:{id.ToString(CultureInfo.InvariantCulture)}<|tool_call_argument_begin|>"
                + $"{call.Json}<|tool_call_end|>")));
        yield return ("gemma4", string.Concat(calls.Select(call => $"<|tool_call>call:{call.Name}{Gemma(call.Arguments)}<tool_call|>")));
        yield return ("harmony", string.Join("<|call|><|start|>assistant", calls.Select(call =>
            $"<|channel|>commentary to=functions.{call.Name} <|constrain|>json<|message|>{call.Json}")));
        yield return ("harmony", string.Join("<|call|>", calls.Select(call =>
            $"<|start|>assistant to=functions.{call.Name}<|channel|>commentary json<|message|>{call.Json}")));
        yield return ("gemma", $"```tool_code\n{string.Join('\n', calls.Select(call => call.Python))}\n```");
        yield return ("gemma", $"```json\n[{string.Join(",\n", calls.Select(call => call.Object("name", "parameters")))}]\n```");
    }

    static string Section(string open, string between, string close, IEnumerable<string> calls) =>
        open + string.Join(between, calls) + close;

    string Keys(string between) => string.Concat(Arguments.Select(argument =>
        $"<arg_key>{argument.Key}</arg_key>{between}<arg_value>{Tagged(argument.Value)}</arg_value>{between}"));

    static string Gemma(JsonNode? value) => value switch
    {
        null => "null",
        JsonArray items => $"[{string.Join(",", items.Select(Gemma))}]",
        JsonObject members => $"{{{string.Join(",", members.Select(member => $"{member.Key}:{Gemma(member.Value)}"))}}}",
        _ => value.GetValueKind() == JsonValueKind.String ? $"<|\"|>{(string)value!}<|\"|>" : value.ToJsonString(plain),
    };

    static JsonObject Kind(JsonNode? value) => new()
    {
        ["type"] = value?.GetValueKind() switch
        {
            null => "null",
            JsonValueKind.String => "string",
            JsonValueKind.Number => "number",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Array => "array",
            _ => "object",
        },
    };

    static string Tagged(JsonNode? value) => value is null ? "null" : value.GetValueKind() == JsonValueKind.String ? (string)value!
        : value.ToJsonString(plain);

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
