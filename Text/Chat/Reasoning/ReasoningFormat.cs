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

    /// <summary>
    /// Marks that open the answer, and are no part of it. They end the thinking as well, where its own mark is missing.
    /// </summary>
    public ImmutableArray<string> Answers { get; init; } = [];

    /// <summary>What closes the answer, and is no part of it; empty where nothing does.</summary>
    public string AnswerEnd { get; init; } = "";

    /// <summary>What shows in the texts of a template that its models think so.</summary>
    public string Sign { get; init; } = Close;
}
