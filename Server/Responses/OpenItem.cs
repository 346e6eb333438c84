// The output item that is being written: its shape while it grows and when it is done. Knows no event.
using System.Text;
using System.Text.Json.Nodes;

namespace Majlis.Server.Responses;

/// <param name="type">message, reasoning or function_call.</param>
/// <param name="index">Its place in the response's output.</param>
sealed class OpenItem(string id, string type, int index)
{
    public string Id => id;
    public string Type => type;
    public int Index => index;
    public StringBuilder Text { get; } = new();
    public JsonArray Annotations { get; } = [];
    public JsonArray LogProbs { get; } = [];

    /// <summary>The call's id and name; only of calls.</summary>
    public string? CallId { get; init; }
    public string? Name { get; init; }

    /// <summary>The item with what it holds so far.</summary>
    /// <param name="status">in_progress, completed or incomplete; an item in progress shows nothing of its content.</param>
    public JsonObject Shape(string status)
    {
        var item = new JsonObject { ["id"] = id, ["type"] = type, ["status"] = status };
        var content = status == "in_progress" ? new JsonArray() : new JsonArray(Part());
        if (type == "function_call")
            (item["call_id"], item["name"], item["arguments"]) = (CallId, Name, status == "in_progress" ? "" : Text.ToString());
        else if (type == "reasoning") (item["summary"], item["content"]) = (new JsonArray(), content);
        else (item["role"], item["content"]) = ("assistant", content);
        return item;
    }

    /// <summary>The only part of a message or a thought.</summary>
    public JsonObject Part() => type == "reasoning" ? new() { ["type"] = "reasoning_text", ["text"] = Text.ToString() } : new()
    {
        ["type"] = "output_text",
        ["annotations"] = Annotations.DeepClone(),
        ["logprobs"] = LogProbs.DeepClone(),
        ["text"] = Text.ToString(),
    };
}
