// Reads what another API says with the chat's own readers: the body is written as a chat's would be, and errors name the fields that the
// client sent. Knows no API.
using System.Text.Json;
using System.Text.Json.Nodes;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

static class Translation
{
    /// <param name="chat">The fields as a chat has them.</param>
    /// <param name="name">From a chat's name of a field to the client's.</param>
    public static T Read<T>(JsonObject chat, Func<Fields, T> read, Problem problem, Func<string, string> name)
    {
        var inner = new Problem();
        var fields = new Fields(JsonSerializer.SerializeToElement(chat, WireJson.Wire.JsonObject), "", inner);
        var result = read(fields);
        fields.Done();
        if (inner.First is { } error) problem.Add(error.Renamed(name));
        return result;
    }

    /// <summary>A value of the client's body in a body that is written.</summary>
    public static JsonNode? Node(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value.Clone()),
        JsonValueKind.Array => JsonArray.Create(value.Clone()),
        _ => JsonValue.Create(value.Clone()),
    };
}
