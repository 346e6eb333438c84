// How one kind of model writes tool calls. Each format has a file of its own.
using System.Collections.Immutable;

namespace Majlis.Text.Chat.ToolCalls;

public sealed class ToolFormat
{
    readonly CallWriting writing;

    internal ToolFormat(string name, ImmutableArray<CallOpening> openings, CallWriting writing, params ImmutableArray<string> otherMarks)
    {
        (Name, Openings, this.writing) = (name, openings, writing);
        Marks = [.. openings.Where(opening => !opening.IsOfCall).Select(opening => opening.Mark), .. otherMarks];
    }

    /// <summary>The name by which a server is told to use it.</summary>
    public string Name { get; }

    /// <summary>All marks around calls. Where they are special tokens, they must be decoded for the calls to be seen.</summary>
    public ImmutableArray<string> Marks { get; }

    /// <summary>The marks that open a stretch of calls.</summary>
    public IEnumerable<string> OpeningMarks => Openings.Where(opening => !opening.IsOfCall).Select(opening => opening.Mark);

    internal ImmutableArray<CallOpening> Openings { get; }

    /// <summary>How a model is asked for this format in plain text; null where it must know it.</summary>
    internal PromptedForm? Prompted { get; init; }

    /// <summary>It can be explained to a model whose template shows no tools.</summary>
    public bool CanBeAskedFor => Prompted is not null;

    /// <summary>How a model is made to call one of these tools, or several.</summary>
    public ForcedCalls Force(IEnumerable<CallTool> tools, bool onlyOne) =>
        new(writing.Opening, writing.Forced(new([.. tools], onlyOne)));

    /// <summary>The answers that are calls of these tools and nothing else.</summary>
    public Wording Only(IEnumerable<CallTool> tools, bool onlyOne) => writing.Only(new([.. tools], onlyOne));

    /// <summary>The answers in which every call is one of these tools', with text around them.</summary>
    public Wording Among(IEnumerable<CallTool> tools, bool onlyOne) => writing.Among(new([.. tools], onlyOne));
}
