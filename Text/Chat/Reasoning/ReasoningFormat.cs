// How one kind of model marks what it thinks before it answers. Data only.
using System.Collections.Immutable;

namespace Majlis.Text.Chat.Reasoning;

/// <param name="Open">Begins the thinking, where the prompt has not begun it already.</param>
/// <param name="Close">Ends it.</param>
public sealed record ReasoningFormat(string Open, string Close)
{
    /// <summary>What ends the thinking in the model's stead, with the mark.</summary>
    public string End { get; init; } = Close;

    /// <summary>What models write between the mark and the answer.</summary>
    public string Gap { get; init; } = "";

    /// <summary>Marks that open the answer. They end the thinking as well, where its own mark is missing.</summary>
    public ImmutableArray<string> Answers { get; init; } = [];
}
