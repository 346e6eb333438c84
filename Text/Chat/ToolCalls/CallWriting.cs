// How a format's calls are written, so that a model can be held to it: where it must call, and where it may. Knows neither tokens nor
// grammars.
using System.Collections.Immutable;

namespace Majlis.Text.Chat.ToolCalls;

/// <summary>What a model that must call writes.</summary>
/// <param name="Opening">The end of the prompt; it belongs to the answer that is read for calls.</param>
/// <param name="Calls">The whole answer behind it.</param>
public sealed record ForcedCalls(string Opening, Wording Calls);

/// <summary>The tools among which a model chooses.</summary>
sealed record CallChoice(ImmutableArray<CallTool> Tools, bool OnlyOne)
{
    public Wording Of(Func<CallTool, Wording> call) => Wording.AnyOf(Tools.Select(call));
}

/// <param name="Opening">Ends the prompt of a model that must call.</param>
/// <param name="Forced">What follows it.</param>
sealed record CallWriting(string Opening, Func<CallChoice, Wording> Forced)
{
    /// <summary>A stretch of calls from its mark on, which may begin anywhere; null where none has a mark.</summary>
    public Func<CallChoice, Wording>? Marked { get; init; }

    /// <summary>Calls without a mark, which are the whole answer; null where all have one.</summary>
    public Func<CallChoice, Wording>? Bare { get; init; }

    /// <summary>What shows in a text that a call has begun, so that free text must not hold it.</summary>
    public required ImmutableArray<Wording> Signs { get; init; }

    /// <summary>The same of the calls without a mark, at the beginning of an answer.</summary>
    public Func<CallChoice, Wording>? FirstSign { get; init; }

    /// <summary>Nothing but calls.</summary>
    public Wording Only(CallChoice choice)
    {
        List<Wording> ways = [];
        if (Bare is not null) ways.Add(Bare(choice));
        if (Marked is not null) ways.Add(Wording.List(Marked(choice), Wording.Space, choice.OnlyOne));
        return Wording.InOrder(Wording.AnyOf(ways), Wording.Space);
    }

    /// <summary>Any text and any number of calls.</summary>
    public Wording Among(CallChoice choice)
    {
        var text = new FreeWording(Signs, []);
        var first = new FreeWording(Signs, FirstSign is null ? [] : [Wording.InOrder(Wording.Space, FirstSign(choice))]);
        var more = Marked is null ? Wording.Nothing : new RepeatedWording(Wording.InOrder(Marked(choice), text), 0, null);
        return Bare is null ? Wording.InOrder(first, more)
            : Wording.AnyOf(Wording.InOrder(Wording.Space, Bare(choice), Wording.Space), Wording.InOrder(first, more));
    }
}
