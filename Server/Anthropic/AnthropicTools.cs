// Reads tools and tool_choice with the chat's reader. Knows no model.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Chat;
using Majlis.Server.Chat.Tools;
using Majlis.Server.Wire;

namespace Majlis.Server.Anthropic;

static class AnthropicTools
{
    /// <summary>The tools that the model may call; null where it may call none.</summary>
    public static ToolOffer? Read(Fields fields)
    {
        var chat = new JsonObject();
        var tools = new JsonArray();
        foreach (var (value, name) in fields.Items("tools").TakeWhile(_ => fields.Problem.First is null))
            tools.Add(Tool(new Fields(value, name, fields.Problem)));
        if (tools.Count > 0) chat["tools"] = tools;
        if (fields.Of("tool_choice", JsonValueKind.Object, "an object") is { } given)
            Choose(new Fields(given, "tool_choice", fields.Problem), chat);
        return fields.Problem.First is not null ? null : Translation.Read(chat, ToolOfferReader.Read, fields.Problem, Name);
    }

    static JsonObject Tool(Fields tool)
    {
        if (tool.Has("type") && tool.Text("type") is { } type and not "custom")
            tool.Problem.Add(ApiError.UnsupportedField(tool.Name("type"),
                $"The server runs no tools of its own, so there is no '{type}'; tools of type 'custom' are called by the client."));
        var function = new JsonObject { ["name"] = tool.RequiredText("name") };
        if (tool.Text("description") is { } description) function["description"] = description;
        if (!tool.Has("input_schema")) tool.Problem.Add(ApiError.MissingField(tool.Name("input_schema")));
        if (tool.Any("input_schema") is { } schema) function["parameters"] = Translation.Node(schema);
        if (tool.Of("input_examples", JsonValueKind.Array, "an array") is { } examples && function["parameters"] is JsonObject described)
            described.TryAdd("examples", Translation.Node(examples)); // where JSON Schema has them, and the model sees them
        if (tool.Flag("strict") is { } strict) function["strict"] = strict;
        Call(tool);
        // A hint of caching, and a way of streaming that changes no tool.
        tool.Of("cache_control", JsonValueKind.Object, "an object");
        tool.Flag("eager_input_streaming");
        tool.Done();
        return new() { ["type"] = "function", ["function"] = function };
    }

    // The model itself calls every tool, and sees all of them from the start.
    static void Call(Fields tool)
    {
        foreach (var (caller, name) in tool.Items("allowed_callers"))
            if (caller.ValueKind != JsonValueKind.String || !caller.ValueEquals("direct"))
                tool.Problem.Add(ApiError.UnsupportedField(name, "The server runs nothing that could call tools; 'direct' is taken."));
        if (tool.Flag("defer_loading") is true)
            tool.Problem.Add(ApiError.UnsupportedField(tool.Name("defer_loading"), "The model sees all tools from the start."));
    }

    static void Choose(Fields choice, JsonObject chat)
    {
        chat["tool_choice"] = choice.Word("type", ["auto", "any", "tool", "none"], required: true) switch
        {
            "any" => "required",
            "tool" => new JsonObject
            {
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = choice.RequiredText("name") },
            },
            var word => word,
        };
        if (choice.Flag("disable_parallel_tool_use") is true) chat["parallel_tool_calls"] = false;
        choice.Done();
    }

    static string Name(string chat) => chat == "parallel_tool_calls" ? "tool_choice.disable_parallel_tool_use"
        : chat.Replace(".function.parameters", ".input_schema", StringComparison.Ordinal)
            .Replace(".function.", ".", StringComparison.Ordinal);
}
