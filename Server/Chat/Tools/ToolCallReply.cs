// The shapes of tool calls in replies, whole and streamed. Data only.
using System.Text.Json.Serialization;

namespace Majlis.Server.Chat.Tools;

sealed record ToolCallReply(string Id, CalledFunction Function)
{
    public string Type { get; } = "function";
}

/// <summary>A call's first delta has id, type, name and no arguments; the others only further arguments.</summary>
sealed record ToolCallDelta(int Index, CalledFunction Function)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Type => Id is null ? null : "function";
}

/// <param name="Arguments">JSON in a string, as the model wrote it.</param>
sealed record CalledFunction(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name, string Arguments);
