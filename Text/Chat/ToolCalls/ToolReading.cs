// How the answers to one request are read for calls. Data only.
using System.Collections.Immutable;

namespace Majlis.Text.Chat.ToolCalls;

/// <param name="Tools">The names of the tools that may be called. What calls another is text.</param>
/// <param name="OnlyFirst">The answer ends with its first call.</param>
public sealed record ToolReading(ToolFormat Format, ImmutableHashSet<string> Tools, bool OnlyFirst)
{
    /// <summary>What the model must write; null where it may write anything.</summary>
    public ForcedCalls? Forced { get; init; }
}
