// Which fields of OpenAI's replies and events ours lack, or have with another JSON type. Knows no request.
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.tests.Server.Clients;

static class ReplyShapes
{
    // What only OpenAI's own business has: who is billed, its hosted tools, and names of its models' manners.
    static readonly string[] theirs = ["billing", "tool_usage", "reasoning.context", "output.phase", "instructions.type"];

    /// <summary>Events of one kind are compared; which kinds come is the model's choice, but for the first and the last.</summary>
    /// <param name="recorded">The lines of OpenAI's stream.</param>
    public static IEnumerable<string> OfEvents(JsonArray recorded, string said)
    {
        var (their, our) = (Events(string.Concat(recorded.Select(line => (string)line!))), Events(said));
        foreach (var (expected, found) in new[] { (their[0], our[0]), (their[^1], our[^1]) })
            if (EventKind(expected) != EventKind(found)) yield return $"{EventKind(found)} stands where {EventKind(expected)} should";
        var kinds = our.ToLookup(EventKind);
        foreach (var event_ in their)
            if (kinds[EventKind(event_)].FirstOrDefault() is { } alike)
                foreach (var fault in Compare(event_, alike, "")) yield return $"{EventKind(event_)} {fault}";
    }

    static List<JsonNode> Events(string text) => [.. text.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal))
        .Select(line => JsonNode.Parse(line["data: ".Length..])!)];

    /// <summary>The type of a response's event; of a chat's chunk what it brings.</summary>
    static string EventKind(JsonNode said)
    {
        if (said["type"] is { } type) return $"{type} {said["item"]?["type"]}".TrimEnd();
        if (said["choices"] is not JsonArray { Count: > 0 } choices) return "usage";
        var delta = choices[0]!["delta"]!.AsObject();
        return choices[0]!["finish_reason"] is not null ? "last" : delta.ContainsKey("role") ? "first"
            : delta.ContainsKey("tool_calls") ? "call" : "piece";
    }

    /// <summary>Fields of theirs that ours lacks or has with another type. Items of lists are compared by their type.</summary>
    public static IEnumerable<string> Compare(JsonNode? their, JsonNode? our, string path)
    {
        if (theirs.Contains(path.TrimStart('.'))) yield break;
        if (their is JsonObject fields && our is JsonObject ours)
        {
            foreach (var (name, value) in fields)
                if (theirs.Contains($"{path}.{name}".TrimStart('.')) || path.EndsWith(".metadata", StringComparison.Ordinal)
                    || IsChoice(name, ours)) continue;
                else if (!ours.ContainsKey(name)) yield return $"{path}.{name} is missing";
                else
                    foreach (var fault in Compare(value, ours[name], $"{path}.{name}")) yield return fault;
        }
        else if (their is JsonArray items && our is JsonArray found)
            foreach (var item in items)
            {
                var alike = found.FirstOrDefault(each => Type(each) == Type(item));
                if (alike is not null)
                    foreach (var fault in Compare(item, alike, path)) yield return fault;
            }
        else if (their is not null && our is not null && Kind(their) != Kind(our))
            yield return $"{path} is {Kind(our)}, not {Kind(their)}";
    }

    // Whether a tool is called is the model's choice.
    static bool IsChoice(string name, JsonObject ours) => name == "tool_calls" && !ours.ContainsKey(name);

    static string? Type(JsonNode? item) => (item as JsonObject)?["type"]?.ToString();

    static JsonValueKind Kind(JsonNode node) => node.GetValueKind() == JsonValueKind.False ? JsonValueKind.True : node.GetValueKind();
}
