// The tools that a request offers to the model. Data only.
using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Majlis.Server.Chat.Tools;

/// <param name="Tools">OpenAI's tool objects as templates read them, each with a description and parameters.</param>
/// <param name="OnlyFirst">One call at most.</param>
public sealed record ToolOffer(JsonArray Tools, ImmutableHashSet<string> Names, bool OnlyFirst);
