// The calls of Gemma 4: call:NAME{...} between marks, with the arguments in a notation of their own. The arguments are passed on when the
// last bracket is read, because they become JSON.
// https://ai.google.dev/gemma/docs/capabilities/text/function-calling-gemma4
using System.Text;

namespace Majlis.Text.Chat.ToolCalls;

sealed class Gemma4Calls(CallSink sink) : ICallReader
{
    const string Open = "<|tool_call>", Call = "call:", Close = "<tool_call|>";

    enum At { Call, Name, Arguments, Close, End }

    readonly StringBuilder text = new();
    string name = "";
    int depth;
    bool inText;
    At at = At.Call;

    public static ToolFormat Format { get; } = new("gemma4", [new(Open, sink => new Gemma4Calls(sink))],
        new(Open + Call, choice => Wording.InOrder(Inside(choice),
            Wording.List(Wording.Nothing, Wording.InOrder(Wording.Space, Stretch(choice)), choice.OnlyOne)))
        {
            Marked = Stretch,
            Signs = [new MarkWording(Open)],
        }, Close, Gemma4Arguments.Quote);

    public static bool Signs(string written) => written.Contains(Open, StringComparison.Ordinal);

    public bool MayEnd => false;

    public bool IsInCall => at != At.End;

    public bool IsOver => at == At.End;

    public bool Takes(char next) => at switch
    {
        At.Call => TakesOf(Call, next, At.Name),
        At.Name => TakesOfName(next),
        At.Arguments => TakesOfArguments(next),
        At.Close => TakesOf(Close, next, At.End),
        _ => false,
    };

    static Wording Stretch(CallChoice choice) => Wording.InOrder(new MarkWording(Open), Call, Inside(choice));

    static Wording Inside(CallChoice choice) => Wording.InOrder(choice.Of(tool =>
        Wording.InOrder(tool.Name, new ArgumentsWording(tool, ArgumentForm.Gemma))), Wording.Space, new MarkWording(Close));

    bool TakesOf(string expected, char next, At then)
    {
        if (text.Length == 0 && char.IsWhiteSpace(next)) return true;
        if (expected[text.Length] != next) return false;
        if (text.Append(next).Length < expected.Length) return true;
        text.Clear();
        at = then;
        return true;
    }

    bool TakesOfName(char next)
    {
        if (next != '{') return sink.MayBecomeName(text.Append(next).ToString());
        name = text.ToString();
        text.Clear();
        at = At.Arguments;
        return sink.Offers(name) && Takes(next);
    }

    bool TakesOfArguments(char next)
    {
        text.Append(next);
        if (next == '>' && EndsWithQuote()) inText = !inText;
        else if (!inText && next is '{' or '[') depth++;
        else if (!inText && next is '}' or ']') depth--;
        if (depth > 0) return true;
        if (Gemma4Arguments.Json(text.ToString()) is not { } json) return false;
        sink.Add(name, json);
        text.Clear();
        at = At.Close;
        return true;
    }

    bool EndsWithQuote()
    {
        const string quote = Gemma4Arguments.Quote;
        return text.Length >= quote.Length && text.ToString(text.Length - quote.Length, quote.Length) == quote;
    }
}
