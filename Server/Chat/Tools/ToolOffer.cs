// The tools that a request offers to the model. Data only.
using System.Text.Json.Nodes;

namespace Majlis.Server.Chat.Tools;

/// <param name="Tools">OpenAI's tool objects as templates read them, each with a description and parameters.</param>
/// <param name="Choice">At least one may be called.</param>
/// <param name="OnlyFirst">One call at most.</param>
public sealed record ToolOffer(JsonArray Tools, ToolChoice Choice, bool OnlyFirst)
{
    /// <summary>The tools that may be called.</summary>
    public IEnumerable<JsonObject> Callable =>
        Tools.Select(tool => tool!.AsObject()).Where(tool => Choice.Tools.Contains((string)tool["function"]!["name"]!));
}
