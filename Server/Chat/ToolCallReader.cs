// Tool calls that an assistant message brings back, and what else replies carry that clients send back with it.
// Arguments arrive as text and go to the template as the object they hold, as templates expect.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class ToolCallReader
{
    public static void ReadCalls(Fields fields, JsonObject message)
    {
        var calls = new JsonArray();
        foreach (var (value, name) in fields.Items("tool_calls")) calls.Add(Call(new Fields(value, name, fields.Problem)));
        if (calls.Count > 0) message["tool_calls"] = calls;
        if (fields.Text("reasoning_content") is { } reasoning) message["reasoning_content"] = reasoning;
        // A reply's own annotations say where its text came from; they are no part of the text that goes back to the model.
        _ = fields.Any("annotations");
    }

    static JsonObject Call(Fields call)
    {
        var id = call.RequiredText("id");
        var type = call.Word("type", ["function"], required: true);
        var function = new Fields(call.Of("function", JsonValueKind.Object, "an object") ?? default, call.Name("function"), call.Problem);
        var named = function.RequiredText("name");
        var arguments = Arguments(function);
        function.Done();
        call.Done();
        return new JsonObject
        {
            ["id"] = id,
            ["type"] = type,
            ["function"] = new JsonObject { ["name"] = named, ["arguments"] = arguments },
        };
    }

    static JsonObject? Arguments(Fields function)
    {
        var text = function.RequiredText("arguments");
        if (function.Problem.First is not null) return null;
        try
        {
            using var arguments = JsonDocument.Parse(text, StrictJson.Options);
            if (arguments.RootElement.ValueKind == JsonValueKind.Object && StrictJson.Unreadable(arguments.RootElement) is null)
                return JsonObject.Create(arguments.RootElement.Clone());
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // Said below, like any other text that is no object; the parser has the second for names it cannot read.
        }
        function.Problem.Add(ApiError.InvalidValue(function.Name("arguments"),
            $"Invalid '{function.Name("arguments")}': expected the text of a JSON object, each name once."));
        return null;
    }
}
