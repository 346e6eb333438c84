// A message as transformers hands it to templates: null members left out, reasoning under every name that templates read.
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
        NameReasoning(prepared);
        return prepared;
    }

    /// <summary>Writes a message's reasoning under every name that is still missing.</summary>
    public static void NameReasoning(JsonObject message)
    {
        if (reasoning.Select(name => message[name]).FirstOrDefault(value => value is not null) is not { } thought) return;
        foreach (var name in reasoning.Where(name => message[name] is null)) message[name] = thought.DeepClone();
    }
}
