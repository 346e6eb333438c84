// The calls of Qwen3-Coder and, with other marks around them, Seed-OSS: a function and each of its arguments between tags, texts without
// quotes. An argument is passed on when its closing tag is read, because it becomes JSON.
// https://huggingface.co/Qwen/Qwen3-Coder-30B-A3B-Instruct/blob/main/chat_template.jinja
using System.Text;

namespace Majlis.Text.Chat.ToolCalls;

/// <param name="close">The mark that ends the stretch; empty: the function's own tag does.</param>
sealed class TaggedCalls(CallSink sink, string close, bool inFunction) : ICallReader
{
    const string Function = "<function=", Parameter = "<parameter=", FunctionEnd = "</function>", ParameterEnd = "</parameter>";

    enum At { Tag, Function, Parameter, Value, End }

    readonly StringBuilder text = new();
    At at = inFunction ? At.Function : At.Tag;
    TaggedObject? call;
    string parameter = "";
    bool any;

    public static ToolFormat Qwen { get; } = Format("qwen3_coder", "<tool_call>", "</tool_call>");

    public static ToolFormat Seed { get; } = Format("seed_oss", "<seed:tool_call>", "</seed:tool_call>");

    public static bool SignsQwen(string written) => written.Contains(Parameter, StringComparison.Ordinal);

    public static bool SignsSeed(string written) => written.Contains("<seed:tool_call>", StringComparison.Ordinal);

    public bool MayEnd => at == At.Tag && text.Length == 0 && any && call is null;

    public bool IsInCall => call is not null || at != At.Tag;

    public bool IsOver => at == At.End;

    public bool Takes(char next) => at switch
    {
        At.Tag => TakesOfTag(next),
        At.Function or At.Parameter => next == '>' ? EndName() : TakesOfName(next),
        At.Value => TakesOfValue(next),
        _ => false,
    };

    static ToolFormat Format(string name, string start, string end)
    {
        return new(name,
            [
                new(start, sink => new TaggedCalls(sink, end, inFunction: false)),
                new(Function, sink => new TaggedCalls(sink, "", inFunction: true)),
            ],
            new(start + "\n", choice => Wording.InOrder(Inside(choice),
                Wording.List(Wording.Nothing, Wording.InOrder(Wording.Space, Stretch(choice)), choice.OnlyOne)))
            {
                Marked = Stretch,
                Signs = [new MarkWording(start), Function],
            }, end);

        Wording Stretch(CallChoice choice) => Wording.Spaced(new MarkWording(start), Inside(choice));

        Wording Inside(CallChoice choice) => Wording.Spaced(choice.Of(tool => Wording.Spaced(
            Function + tool.Name + ">", new ArgumentsWording(tool, ArgumentForm.Tags), FunctionEnd)), new MarkWording(end));
    }

    bool TakesOfTag(char next)
    {
        if (text.Length == 0 && char.IsWhiteSpace(next)) return true;
        var read = text.Append(next).ToString();
        if (!Expected().Any(tag => tag.StartsWith(read, StringComparison.Ordinal))) return false;
        if (!Expected().Contains(read)) return true;
        text.Clear();
        at = read == close ? At.End : read == Function ? At.Function : read == Parameter ? At.Parameter : at;
        if (read == FunctionEnd) EndCall();
        return true;
    }

    IEnumerable<string> Expected() => call is not null ? [Parameter, FunctionEnd]
        : close.Length > 0 && any ? [Function, close] : [Function];

    bool TakesOfName(char next)
    {
        var read = text.Append(next).ToString();
        return at == At.Function ? sink.MayBecomeName(read) : next != '\n';
    }

    bool EndName()
    {
        var name = text.ToString();
        text.Clear();
        if (at == At.Parameter)
        {
            (at, parameter) = (At.Value, name);
            return true;
        }
        if (!sink.Offers(name)) return false;
        (at, call) = (At.Tag, new(sink, name));
        return true;
    }

    bool TakesOfValue(char next)
    {
        text.Append(next);
        if (next != '>' || !EndsWith(ParameterEnd)) return true;
        var value = text.ToString(0, text.Length - ParameterEnd.Length);
        text.Clear();
        at = At.Tag;
        call!.Add(parameter, TaggedValue.WithinLines(value));
        return true;
    }

    bool EndsWith(string tag)
    {
        if (text.Length < tag.Length) return false;
        for (var i = 0; i < tag.Length; i++) if (text[text.Length - tag.Length + i] != tag[i]) return false;
        return true;
    }

    void EndCall()
    {
        call!.End();
        (call, any) = (null, true);
        if (close.Length == 0) at = At.End;
    }
}
