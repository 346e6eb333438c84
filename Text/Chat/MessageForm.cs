// A message in the form in which transformers hands it to templates: members that are null left out, reasoning under each of
// the names that templates read.
using System.Text.Json.Nodes;

namespace Majlis.Text.Chat;

static class MessageForm
{
    static readonly string[] reasoning = ["reasoning_content", "reasoning", "thinking"];

    public static JsonNode? Prepare(JsonNode? message)
    {
        if (message is not JsonObject members) return message?.DeepClone();
        var prepared = new JsonObject();
        foreach (var (name, value) in members)
            if (value is not null) prepared[name] = value.DeepClone();
        if (reasoning.Select(name => prepared[name]).FirstOrDefault(value => value is not null) is { } thought)
            foreach (var name in reasoning.Where(name => prepared[name] is null)) prepared[name] = thought.DeepClone();
        return prepared;
    }
}
