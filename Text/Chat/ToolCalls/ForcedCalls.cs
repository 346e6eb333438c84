// How a model is made to call: the text that opens a call ends its prompt, and a JSON Schema says what it may write from there on. Knows
// neither tokens nor grammars.
using System.Text.Json.Nodes;

namespace Majlis.Text.Chat.ToolCalls;

/// <param name="Opening">The end of the prompt; it belongs to the answer that is read for calls.</param>
/// <param name="Schema">JSON text: one call or a list of calls, with arguments of each tool's own schema.</param>
public sealed record ForcedCalls(string Opening, string Schema);

/// <summary>The form of forced calls in a format whose calls are JSON.</summary>
sealed record ForcedForm(string Opening, CallMembers Members, bool InList)
{
    /// <param name="tools">OpenAI's tool objects, at least one.</param>
    public ForcedCalls Of(IEnumerable<JsonObject> tools, bool onlyOne)
    {
        var call = new JsonObject { ["anyOf"] = new JsonArray([.. tools.Select(tool => Call(tool["function"]!.AsObject()))]) };
        var list = new JsonObject { ["type"] = "array", ["items"] = call, ["minItems"] = 1 };
        if (onlyOne) list["maxItems"] = 1;
        return new(Opening, (InList ? list : call).ToJsonString());
    }

    JsonObject Call(JsonObject function)
    {
        var parameters = function["parameters"]!.DeepClone().AsObject();
        parameters["type"] = "object";
        // An identifier makes it a resource of its own, so that its references stay within it.
        parameters.TryAdd("$id", "urn:tool:" + (string)function["name"]!);
        return new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                [Members.Name] = new JsonObject { ["const"] = (string)function["name"]! },
                [Members.Arguments[0]] = parameters,
            },
            ["required"] = new JsonArray(Members.Name, Members.Arguments[0]),
            ["additionalProperties"] = false,
        };
    }
}
