// Checks that calls and answers match, as OpenAI does: a tool message answers a call of the assistant message right before it, and every
// call is answered before the conversation goes on. Knows only messages whose fields were checked.
using System.Text.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat.Tools;

static class ToolHistory
{
    public static void Check(IReadOnlyList<JsonElement> messages, Fields fields)
    {
        var (caller, called, open) = (0, new HashSet<string>(), new HashSet<string>());
        for (var index = 0; index < messages.Count && fields.Problem.First is null; index++)
        {
            var message = messages[index];
            if (message.GetProperty("role").ValueEquals("tool"))
            {
                CheckAnswer(message, $"messages[{index}]", called, fields.Problem);
                open.Remove(message.GetProperty("tool_call_id").GetString()!);
                continue;
            }
            CheckAnswered(caller, open, fields.Problem);
            (caller, called) = (index, Ids(message));
            open = [.. called];
        }
        // The model may be asked to continue the last message.
        if (caller < messages.Count - 1 || !Continues(fields)) CheckAnswered(caller, open, fields.Problem);
    }

    static bool Continues(Fields fields) => fields.Peek("continue_final_message") is { ValueKind: JsonValueKind.True };

    static void CheckAnswer(JsonElement message, string name, HashSet<string> called, Problem problem)
    {
        var id = message.GetProperty("tool_call_id").GetString()!;
        if (called.Count == 0)
            problem.Add(ApiError.InvalidValue($"{name}.role",
                $"Invalid '{name}.role': a message of role 'tool' must answer 'tool_calls' of the assistant message before it."));
        else if (!called.Contains(id))
            problem.Add(ApiError.InvalidValue($"{name}.tool_call_id",
                $"Invalid '{name}.tool_call_id': '{id}' is not among the 'tool_calls' of the assistant message before it."));
    }

    static void CheckAnswered(int caller, HashSet<string> open, Problem problem)
    {
        var name = $"messages[{caller}].tool_calls";
        if (open.Count > 0)
            problem.Add(ApiError.InvalidValue(name,
                $"Invalid '{name}': an assistant message with 'tool_calls' must be followed by a message of role 'tool' for each "
                + $"'tool_call_id'; there is none for {string.Join(", ", open.Select(id => $"'{id}'"))}."));
    }

    static HashSet<string> Ids(JsonElement message) =>
        message.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array
        ? [.. calls.EnumerateArray().Select(call => call.GetProperty("id").GetString()!)] : [];
}
