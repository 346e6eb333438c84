// Calls in a section between marks, each with its name before its arguments as JSON, as DeepSeek's and Kimi's models write them. Knows the
// marks from a form.
using System.Collections.Immutable;
using System.Text;

namespace Majlis.Text.Chat.ToolCalls;

/// <summary>What stands around calls; parts that begin with an angle bracket are marks.</summary>
/// <param name="Open">Opens the section.</param>
/// <param name="Begin">Before a name.</param>
/// <param name="Between">Between the name and the arguments; begins with a sign that no name has.</param>
/// <param name="End">After the arguments.</param>
/// <param name="Close">Closes the section.</param>
sealed record SectionForm(string Open, ImmutableArray<string> Begin, ImmutableArray<string> Between, ImmutableArray<string> End,
    string Close)
{
    /// <summary>A colon and the call's number follow the name.</summary>
    public bool IsNumbered { get; init; }

    public ToolFormat Format(string name) => new(name, [new(Open, sink => new SectionCalls(this, sink))], new(Open, Inside)
    {
        Marked = choice => Wording.Spaced(new MarkWording(Open), Inside(choice)),
        Signs = [new MarkWording(Open)],
    }, [.. Begin.Concat(Between).Concat(End).Append(Close).Where(IsMark).Distinct()])
    {
        Prompted = new("To call one, write its name and arguments as JSON between these marks, each call between marks of its own:",
            (called, arguments) => string.Concat([Open, .. Begin, called, IsNumbered ? ":0" : "", .. Between, arguments, .. End, Close])),
    };

    Wording Inside(CallChoice choice)
    {
        var call = choice.Of(tool => Wording.InOrder(Wording.InOrder([.. Begin.Select(Part)]), tool.Name,
            IsNumbered ? new PatternWording(":[0-9]{1,3}") : Wording.Nothing, Wording.InOrder([.. Between.Select(Part)]),
            new ArgumentsWording(tool, ArgumentForm.Json), Wording.InOrder([.. End.Select(Part)])));
        return Wording.Spaced("", Wording.List(call, Wording.Space, choice.OnlyOne), new MarkWording(Close));
    }

    static Wording Part(string part) => IsMark(part) ? new MarkWording(part) : part;

    static bool IsMark(string part) => part[0] == '<';
}

sealed class SectionCalls(SectionForm form, CallSink sink) : ICallReader
{
    enum At { Between, Name, Number, Separator, Arguments, Ending, End }

    readonly string begin = string.Concat(form.Begin), separator = string.Concat(form.Between), end = string.Concat(form.End);
    readonly StringBuilder text = new();
    string name = "";
    JsonSpan span;
    At at = At.Between;
    bool any;

    public bool MayEnd => at == At.Between && text.Length == 0 && any;

    public bool IsInCall => at is not (At.Between or At.End);

    public bool IsOver => at == At.End;

    public bool Takes(char next) => at switch
    {
        At.Between => TakesBetween(next),
        At.Name => TakesOfName(next),
        At.Number => char.IsAsciiDigit(next) || Follow(At.Separator, next),
        At.Separator => TakesOf(separator, next, At.Arguments),
        At.Arguments => TakesOfArguments(next),
        At.Ending => TakesOf(end, next, At.Between),
        _ => false,
    };

    bool Follow(At part, char first)
    {
        at = part;
        return Takes(first);
    }

    bool TakesBetween(char next)
    {
        if (text.Length == 0 && char.IsWhiteSpace(next)) return true;
        var read = text.Append(next).ToString();
        if (read == begin || (any && read == form.Close)) (at, _) = (read == begin ? At.Name : At.End, text.Clear());
        return begin.StartsWith(read, StringComparison.Ordinal) || (any && form.Close.StartsWith(read, StringComparison.Ordinal));
    }

    bool TakesOfName(char next)
    {
        var isNumber = form.IsNumbered && next == ':';
        if (!isNumber && next != separator[0]) return sink.MayBecomeName(text.Append(next).ToString());
        name = text.ToString();
        text.Clear();
        if (!sink.Offers(name)) return false;
        at = At.Number;
        return isNumber || Follow(At.Separator, next);
    }

    // White space around the marks may be missing, or more.
    bool TakesOf(string expected, char next, At then)
    {
        if (char.IsWhiteSpace(next)) return true;
        var wanted = string.Concat(expected.Where(sign => !char.IsWhiteSpace(sign)));
        if (wanted[text.Length] != next) return false;
        if (text.Append(next).Length < wanted.Length) return true;
        text.Clear();
        (at, span) = (then, new());
        return true;
    }

    bool TakesOfArguments(char next)
    {
        var isFirst = !sink.IsOpen;
        if (isFirst && char.IsWhiteSpace(next)) return true;
        if (isFirst && next != '{') return false;
        if (isFirst) sink.Begin(name);
        span.Takes(next);
        sink.Arguments([next]);
        if (!span.IsWhole) return true;
        (at, any) = (At.Ending, true);
        sink.End();
        return true;
    }
}
