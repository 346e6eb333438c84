// How one kind of model writes tool calls. Each format has a file of its own.
using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Majlis.Text.Chat.ToolCalls;

public sealed class ToolFormat
{
    internal ToolFormat(string name, ImmutableArray<CallOpening> openings, params ImmutableArray<string> otherMarks)
    {
        (Name, Openings) = (name, openings);
        Marks = [.. openings.Where(opening => !opening.IsOfCall).Select(opening => opening.Mark), .. otherMarks];
    }

    /// <summary>The name by which a server is told to use it.</summary>
    public string Name { get; }

    /// <summary>All marks around calls. Where they are special tokens, they must be decoded for the calls to be seen.</summary>
    public ImmutableArray<string> Marks { get; }

    internal ImmutableArray<CallOpening> Openings { get; }

    /// <summary>Null where calls are no JSON, which is all that a schema can hold a model to.</summary>
    internal ForcedForm? Forced { get; init; }

    /// <summary>How a model is made to call one of these tools, or several; null where it cannot be.</summary>
    /// <param name="tools">OpenAI's tool objects.</param>
    public ForcedCalls? Force(IEnumerable<JsonObject> tools, bool onlyOne) => Forced?.Of(tools, onlyOne);
}
