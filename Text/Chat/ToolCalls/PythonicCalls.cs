// Calls as Python: [get_weather(city="Fes", days=3), get_time(zone="Africa/Casablanca")], as Llama 3.2 and 4 write them when told to, or
// without the brackets, a call to a line. A call is passed on when its last bracket is read, because its arguments become JSON.
// https://github.com/meta-llama/llama-models/blob/main/models/llama4/prompt_format.md
using System.Text;

namespace Majlis.Text.Chat.ToolCalls;

/// <param name="inList">The calls stand in brackets; else as lines.</param>
/// <param name="close">The mark that ends the stretch, or empty.</param>
sealed class PythonicCalls(CallSink sink, bool inList, string close = "") : ICallReader
{
    const string Start = "<|python_start|>", End = "<|python_end|>";

    readonly StringBuilder name = new(), arguments = new();
    bool begun, ended, inArguments, any;
    int depth, closing;
    char quote;
    bool escaped;

    public static ToolFormat Format { get; } = new("pythonic",
    [
        new("[", sink => new PythonicCalls(sink, inList: true)) { IsOfCall = true },
        new(Start, sink => new PythonicCalls(sink, inList: true, End)),
    ],
        new("", PythonWriting.List)
        {
            Bare = PythonWriting.List,
            Marked = choice => Wording.Spaced(new MarkWording(Start), PythonWriting.List(choice), new MarkWording(End)),
            Signs = [new MarkWording(Start)],
            FirstSign = PythonWriting.Sign,
        }, End);

    public static bool Signs(string written) => written.Contains("[func_name1(", StringComparison.Ordinal);

    public bool MayEnd => closing == 0 && name.Length == 0 && (inList ? ended : any);

    public bool IsInCall => name.Length > 0;

    public bool IsOver => close.Length > 0 && closing == close.Length;

    public bool Takes(char next)
    {
        if (inArguments) return TakesOfArguments(next);
        if (name.Length == 0)
        {
            if (closing > 0 || (close.Length > 0 && next == close[0])) return closing < close.Length && close[closing++] == next;
            if (char.IsWhiteSpace(next)) return true;
            if (inList && !begun) return (begun = true) && next == '[';
            if (ended || (next is ',' or ';' && any)) return !ended;
            if (next == ']' && inList) return ended = true;
        }
        if (next == '(') return inArguments = sink.Offers(name.ToString());
        return sink.MayBecomeName(name.Append(next).ToString());
    }

    bool TakesOfArguments(char next)
    {
        if (quote != 0) TakeOfString(next);
        else if (next is '"' or '\'') quote = next;
        else if (next is '(' or '[' or '{') depth++;
        else if (next is ')' or ']' or '}' && --depth < 0) return next == ')' && EndCall();
        arguments.Append(next);
        return true;
    }

    void TakeOfString(char next)
    {
        if (escaped || next == '\\') escaped = !escaped;
        else if (next == quote) quote = (char)0;
    }

    bool EndCall()
    {
        if (PythonArguments.Read(arguments.ToString()) is not { } read) return false;
        sink.Add(name.ToString(), read);
        name.Clear();
        arguments.Clear();
        (inArguments, any, depth) = (false, true, 0);
        return true;
    }
}
