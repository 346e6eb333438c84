// What a request says of keeping its reply: store, metadata, and what the kept reply repeats. Knows no store.
using System.Text.Json.Nodes;
using Majlis.Server.Replies;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

/// <param name="Metadata">The client's own pairs of texts.</param>
/// <param name="Echo">Fields of the request that the kept reply repeats.</param>
public sealed record ChatKeeping(JsonObject Metadata, JsonObject Echo)
{
    /// <summary>Null where the reply is not to be kept. Reads nothing but store and metadata.</summary>
    internal static ChatKeeping? Read(Fields fields)
    {
        var store = fields.Flag("store") ?? false;
        var metadata = Replies.Metadata.Read(fields);
        fields.Problem.AddIf(metadata is { Count: > 0 } && !store,
            ApiError.InvalidValue("metadata", "The 'metadata' parameter is only allowed when 'store' is enabled."));
        if (!store || fields.Problem.First is not null) return null;
        var echo = new JsonObject();
        foreach (var name in new[] { "tools", "tool_choice", "response_format" })
            echo[name] = fields.Peek(name) is { } value ? Translation.Node(value) : null;
        echo["input_user"] = fields.Peek("user") is { } user ? Translation.Node(user) : null;
        return new(metadata ?? [], echo);
    }
}
