// How the answers to one request are read for calls. Data only.
using System.Collections.Immutable;

namespace Majlis.Text.Chat.ToolCalls;

/// <param name="Tools">The tools that may be called. What calls another is text.</param>
/// <param name="OnlyFirst">The answer ends with its first call.</param>
public sealed record ToolReading(ToolFormat Format, ImmutableArray<CallTool> Tools, bool OnlyFirst)
{
    /// <summary>What the model must write; null where it may write anything.</summary>
    public ForcedCalls? Forced { get; init; }

    /// <summary>What an answer with calls is held to: those of tools that are strict to their parameters, all others to any.</summary>
    public Wording Calls(Func<ToolFormat, IEnumerable<CallTool>, bool, Wording> answer) =>
        answer(Format, Tools.Select(tool => tool.Strict ? tool : tool.Loose()), OnlyFirst);
}
