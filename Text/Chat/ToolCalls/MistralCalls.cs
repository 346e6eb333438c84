// The calls of Mistral's models after their mark: a JSON list up to tokenizer version 7, later a name and its arguments,
// name[ARGS]{...} or name[CALL_ID]id[ARGS]{...}, with the opening mark before each call.
// https://docs.mistral.ai/cookbooks/concept-deep-dive-tokenization-tool_calling
using System.Text;

namespace Majlis.Text.Chat.ToolCalls;

sealed class MistralCalls(CallSink sink) : ICallReader
{
    const string Open = "[TOOL_CALLS]", Id = "[CALL_ID]", Arguments = "[ARGS]";

    static readonly CallMembers members = new("name", ["arguments", "parameters"], ["id", "type"]);

    enum At { Start, Name, Mark, Id, Arguments, InArguments, End }

    readonly StringBuilder name = new(), mark = new();
    JsonCalls? json;
    JsonSpan span;
    At at = At.Start;

    public static ToolFormat Format { get; } = new("mistral", [new(Open, sink => new MistralCalls(sink))],
        new(Open, Calls)
        {
            Marked = Marks,
            Signs = [new MarkWording(Open)],
        }, Id, Arguments);

    public static bool Signs(string written) => written.Contains(Open, StringComparison.Ordinal);

    static Wording Marks(CallChoice choice) => Wording.Spaced(new MarkWording(Open), Calls(choice));

    // The old list, or the new form of a name and its arguments, each call with a mark of its own.
    static Wording Calls(CallChoice choice)
    {
        var call = choice.Of(tool => Wording.InOrder(tool.Name, new MarkWording(Arguments), new ArgumentsWording(tool, ArgumentForm.Json)));
        return Wording.Spaced("", Wording.AnyOf(JsonWriting.List(JsonWriting.Call(members, choice), choice.OnlyOne),
            Wording.List(call, Wording.Spaced("", new MarkWording(Open), ""), choice.OnlyOne)));
    }

    public bool MayEnd => json?.MayEnd ?? false;

    public bool IsInCall => json?.IsInCall ?? at is not (At.Start or At.End);

    public bool IsOver => at == At.End;

    public bool Takes(char next)
    {
        if (json is not null) return json.Takes(next);
        if (char.IsWhiteSpace(next) && at is At.Start or At.Arguments) return true;
        switch (at)
        {
            case At.Start when next is '[' or '{':
                return (json = new(members, sink)).Takes(next);
            case At.Start or At.Name when next is not ('[' or '{'):
                at = At.Name;
                return sink.MayBecomeName(name.Append(next).ToString());
            case At.Name or At.Id when next == '[':
                if (at == At.Name && !sink.Offers(name.ToString())) return false;
                at = At.Mark;
                mark.Append(next);
                return true;
            case At.Id:
                return char.IsAsciiLetterOrDigit(next);
            case At.Mark:
                return TakesOfMark(next);
            case At.Name or At.Arguments when next == '{':
                return BeginArguments();
            case At.InArguments:
                return TakesOfArguments(next);
            default:
                return false;
        }
    }

    bool TakesOfMark(char next)
    {
        var read = mark.Append(next).ToString();
        if (read is Id or Arguments)
        {
            at = read == Id ? At.Id : At.Arguments;
            mark.Clear();
            return true;
        }
        return Id.StartsWith(read, StringComparison.Ordinal) || Arguments.StartsWith(read, StringComparison.Ordinal);
    }

    bool BeginArguments()
    {
        if (!sink.Offers(name.ToString())) return false;
        at = At.InArguments;
        sink.Begin(name.ToString());
        return TakesOfArguments('{');
    }

    bool TakesOfArguments(char next)
    {
        span.Takes(next);
        sink.Arguments([next]);
        if (!span.IsWhole) return true;
        at = At.End;
        sink.End();
        return true;
    }
}
