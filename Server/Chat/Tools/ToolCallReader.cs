// Reads what an assistant message holds beside its text: tool and function calls, and other fields of replies. They are checked, not
// changed. Arguments may be any text, because the model wrote them.
using System.Text.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat.Tools;

static class ToolCallReader
{
    // OpenAI's limit of tools, used here for calls in one message.
    const int MostCalls = 128;
    const int MostBytes = 1 << 18;

    /// <summary>Whether the message may lack content: it holds calls or a refusal.</summary>
    public static bool Check(Fields fields)
    {
        var calls = 0;
        foreach (var (value, name) in fields.Items("tool_calls"))
        {
            if (++calls > MostCalls) fields.Problem.Add(ApiError.TooMany(fields.Name("tool_calls"), calls, MostCalls));
            if (fields.Problem.First is not null) break;
            CheckCall(new Fields(value, name, fields.Problem));
        }
        var function = fields.Of("function_call", JsonValueKind.Object, "an object");
        if (function is { } call) CheckFunction(new Fields(call, fields.Name("function_call"), fields.Problem), "arguments");
        fields.Text("reasoning_content");
        fields.Text("reasoning");
        if (fields.Any("audio") is not null)
            fields.Problem.Add(ApiError.UnsupportedField(fields.Name("audio"), "The model answers in text and hears none."));
        // Annotations, citations and client notes are sent back with a reply; they are not part of the model's text.
        fields.Of("annotations", JsonValueKind.Array, "an array");
        fields.Of("citations", JsonValueKind.Array, "an array");
        fields.Small("provider_specific_fields", MostBytes);
        return calls > 0 | function is not null | fields.Text("refusal") is not null;
    }

    static void CheckCall(Fields call)
    {
        call.RequiredText("id");
        var kind = call.Word("type", ["function", "custom"], required: true);
        if (!call.Has(kind)) call.Problem.Add(ApiError.MissingField(call.Name(kind)));
        if (call.Of(kind, JsonValueKind.Object, "an object") is { } called)
            CheckFunction(new Fields(called, call.Name(kind), call.Problem), kind == "custom" ? "input" : "arguments");
        call.Done();
    }

    static void CheckFunction(Fields function, string given)
    {
        function.RequiredText("name");
        function.RequiredText(given);
        function.Done();
    }
}
