// Reads tools, tool_choice and parallel_tool_calls, which are flatter here than in a chat, with the chat's reader. Knows no model.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Chat;
using Majlis.Server.Chat.Tools;
using Majlis.Server.Wire;

namespace Majlis.Server.Responses;

static class ResponseTools
{
    /// <summary>The tools that the model may call; null where it may call none.</summary>
    /// <param name="echo">Gets the fields as replies repeat them.</param>
    public static ToolOffer? Read(Fields fields, JsonObject echo)
    {
        var tools = new JsonArray();
        foreach (var (value, name) in fields.Items("tools").TakeWhile(_ => fields.Problem.First is null))
            if (Nested(new Fields(value, name, fields.Problem), value) is { } tool) tools.Add(tool);
        var (choice, parallel) = (fields.Any("tool_choice"), fields.Flag("parallel_tool_calls"));
        echo["tools"] = new JsonArray([.. tools.Select(tool => Flat(tool!["function"]!))]);
        echo["tool_choice"] = choice is { } said ? Translation.Node(said) : "auto";
        echo["parallel_tool_calls"] = parallel ?? true;
        var chat = new JsonObject();
        // Without tools these ask for nothing, and clients send them all the same.
        if (choice is { } given && (tools.Count > 0 || !IsPlain(given))) chat["tool_choice"] = Choice(given, fields.Problem);
        if (tools.Count > 0) (chat["tools"], chat["parallel_tool_calls"]) = (tools, parallel);
        return fields.Problem.First is not null ? null : Translation.Read(chat, ToolOfferReader.Read, fields.Problem,
            name => name.Replace(".function.", ".", StringComparison.Ordinal));
    }

    static bool IsPlain(JsonElement choice) =>
        choice.ValueKind == JsonValueKind.String && (choice.ValueEquals("auto") || choice.ValueEquals("none"));

    static JsonObject? Nested(Fields tool, JsonElement given)
    {
        var type = tool.RequiredText("type");
        if (type != "function")
            tool.Problem.Add(ApiError.UnsupportedField(tool.Name("type"),
                $"The server runs no tools of its own, so there is no '{type}'; tools of type 'function' are called by the client."));
        if (tool.Problem.First is not null) return null;
        var function = new JsonObject();
        foreach (var field in given.EnumerateObject())
            if (field.Name != "type") function[field.Name] = Translation.Node(field.Value);
        return new() { ["type"] = type, ["function"] = function };
    }

    static JsonObject Flat(JsonNode function) => new()
    {
        ["type"] = "function",
        ["name"] = function["name"]?.DeepClone(),
        ["description"] = function["description"]?.DeepClone(),
        ["parameters"] = function["parameters"] is JsonObject { Count: 0 } ? NoParameters() : function["parameters"]?.DeepClone(),
        ["strict"] = function["strict"]?.DeepClone() ?? false,
    };

    static JsonObject NoParameters() => new() { ["type"] = "object", ["properties"] = new JsonObject() };

    static JsonNode? Choice(JsonElement given, Problem problem)
    {
        if (given.ValueKind != JsonValueKind.Object) return Translation.Node(given);
        var choice = new Fields(given, "tool_choice", problem);
        var type = choice.Word("type", ["function", "allowed_tools"], required: true);
        JsonNode nested = type == "function" ? new JsonObject { ["name"] = choice.RequiredText("name") } : Allowed(choice);
        choice.Done();
        return new JsonObject { ["type"] = type, [type] = nested };
    }

    static JsonObject Allowed(Fields choice)
    {
        var tools = new JsonArray();
        foreach (var (value, name) in choice.Items("tools").TakeWhile(_ => choice.Problem.First is null))
        {
            var tool = new Fields(value, name, choice.Problem);
            tool.Word("type", ["function"], required: true);
            tools.Add(new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = tool.RequiredText("name") } });
            tool.Done();
        }
        return new() { ["mode"] = choice.Word("mode", ["auto", "required"]), ["tools"] = tools };
    }
}
