// Whether a reply holds a field that a client was shown to need: in a whole reply, or in one of the events of a stream.
using System.Text.Json.Nodes;

namespace Majlis.tests.Server.Clients;

static class ReplyFields
{
    /// <param name="field">Names with dots between them; <c>*</c> is any item of a list.</param>
    public static bool Hold(RecordedRequest request, string said, string field)
    {
        var replies = request.IsStream ? Events(said) : [JsonNode.Parse(said)!];
        var calls = said.Contains("\"tool_calls\":[", StringComparison.Ordinal);
        return !IsAsked(request, field, calls) || replies.Any(reply => Holds(reply, field.Split('.')));
    }

    static List<JsonNode> Events(string said) => [.. said.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal))
        .Select(line => JsonNode.Parse(line["data: ".Length..])!)];

    // Some fields are only there where the request or the answer has what they tell of.
    static bool IsAsked(RecordedRequest request, string field, bool calls)
    {
        if (field.Contains("tool_calls", StringComparison.Ordinal)) return calls;
        if (field.Contains("logprobs", StringComparison.Ordinal)) return request.Body!["logprobs"] is not null;
        if (field.StartsWith("usage", StringComparison.Ordinal) && request.IsStream)
            return (bool?)request.Body!["stream_options"]?["include_usage"] == true;
        return true;
    }

    static bool Holds(JsonNode? node, ReadOnlySpan<string> steps)
    {
        if (steps.IsEmpty) return true;
        if (steps[0] == "*")
        {
            foreach (var item in node as JsonArray ?? [])
                if (Holds(item, steps[1..])) return true;
            return false;
        }
        return node is JsonObject fields && fields.ContainsKey(steps[0]) && Holds(fields[steps[0]], steps[1..]);
    }
}
