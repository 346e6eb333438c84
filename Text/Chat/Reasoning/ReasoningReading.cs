// How the answers to one prompt are read for thinking. Data only.
namespace Majlis.Text.Chat.Reasoning;

/// <param name="IsOpen">The prompt ends inside the thinking; else the model may begin it, before anything else.</param>
public sealed record ReasoningReading(ReasoningFormat Format, bool IsOpen)
{
    /// <summary>The prompt holds a part of the thinking already, which goes on with white space and all.</summary>
    public bool IsBegun { get; init; }
}
