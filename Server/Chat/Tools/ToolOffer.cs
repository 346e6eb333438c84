// The tools that a request offers to the model. Data only.
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Majlis.Text.Chat.ToolCalls;

namespace Majlis.Server.Chat.Tools;

/// <param name="Tools">OpenAI's tool objects as templates read them, each with a description and parameters.</param>
/// <param name="Choice">At least one may be called.</param>
/// <param name="OnlyFirst">One call at most.</param>
public sealed record ToolOffer(JsonArray Tools, ToolChoice Choice, bool OnlyFirst)
{
    /// <summary>The names of tools whose arguments always keep to their schema.</summary>
    public ImmutableHashSet<string> Strict { get; init; } = [];

    /// <summary>The tools that may be called.</summary>
    public ImmutableArray<CallTool> Callable =>
        [.. Tools.Select(tool => Callee(tool!["function"]!)).Where(tool => Choice.Tools.Contains(tool.Name))];

    CallTool Callee(JsonNode function)
    {
        var name = (string)function["name"]!;
        return new(name, Closed(function["parameters"]!.AsObject()), Strict.Contains(name));
    }

    /// <summary>A function that names no parameters takes none, though its schema would let anything in.</summary>
    static JsonObject Closed(JsonObject parameters)
    {
        if (parameters["properties"] is not JsonObject { Count: 0 } || parameters.Any(member => member.Key is not ("type" or "properties")))
            return parameters;
        var closed = parameters.DeepClone().AsObject();
        closed["additionalProperties"] = false;
        return closed;
    }
}
