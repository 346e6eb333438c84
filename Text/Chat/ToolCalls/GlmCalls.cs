// The calls of GLM 4.5 and later: a name, then each argument's name and value between tags, texts without quotes. An argument is passed on
// when its closing tag is read, because it becomes JSON.
// https://huggingface.co/zai-org/GLM-4.6/blob/main/chat_template.jinja
using System.Text;

namespace Majlis.Text.Chat.ToolCalls;

sealed class GlmCalls(CallSink sink) : ICallReader
{
    const string Open = "<tool_call>", Close = "</tool_call>", Key = "<arg_key>", KeyEnd = "</arg_key>", Value = "<arg_value>",
        ValueEnd = "</arg_value>";

    enum At { Name, Tag, Key, ValueTag, Value, End }

    readonly StringBuilder text = new();
    TaggedObject? call;
    string parameter = "";
    At at = At.Name;

    public static ToolFormat Format { get; } = new("glm45", [new(Open, sink => new GlmCalls(sink))],
        new(Open, choice => Wording.InOrder(Inside(choice),
            Wording.List(Wording.Nothing, Wording.InOrder(Wording.Space, Stretch(choice)), choice.OnlyOne)))
        {
            Marked = Stretch,
            Signs = [new MarkWording(Open)],
        }, Close);

    public static bool Signs(string written) => written.Contains(Key, StringComparison.Ordinal);

    public bool MayEnd => false;

    public bool IsInCall => at != At.End;

    public bool IsOver => at == At.End;

    public bool Takes(char next) => at switch
    {
        At.Name => TakesOfName(next),
        At.Tag => TakesOfTag([Key, Close], next),
        At.ValueTag => TakesOfTag([Value], next),
        At.Key => TakesUpTo(KeyEnd, next),
        At.Value => TakesUpTo(ValueEnd, next),
        _ => false,
    };

    static Wording Stretch(CallChoice choice) => Wording.InOrder(new MarkWording(Open), Inside(choice));

    static Wording Inside(CallChoice choice) => Wording.Spaced("", choice.Of(tool =>
        Wording.Spaced(tool.Name, new ArgumentsWording(tool, ArgumentForm.KeysAndValues))), new MarkWording(Close));

    bool TakesOfName(char next)
    {
        if (next != '<' && !char.IsWhiteSpace(next)) return sink.MayBecomeName(text.Append(next).ToString());
        if (text.Length == 0) return next != '<';
        var name = text.ToString();
        text.Clear();
        if (!sink.Offers(name)) return false;
        (at, call) = (At.Tag, new(sink, name));
        return Takes(next);
    }

    bool TakesOfTag(string[] expected, char next)
    {
        if (text.Length == 0 && char.IsWhiteSpace(next)) return true;
        var read = text.Append(next).ToString();
        if (!expected.Any(tag => tag.StartsWith(read, StringComparison.Ordinal))) return false;
        if (!expected.Contains(read)) return true;
        text.Clear();
        at = read == Key ? At.Key : read == Value ? At.Value : At.End;
        if (at == At.End) call!.End();
        return true;
    }

    bool TakesUpTo(string tag, char next)
    {
        text.Append(next);
        if (next != '>' || text.Length < tag.Length || text.ToString(text.Length - tag.Length, tag.Length) != tag) return true;
        var inside = text.ToString(0, text.Length - tag.Length);
        text.Clear();
        if (at == At.Key) (at, parameter) = (At.ValueTag, inside);
        else
        {
            at = At.Tag;
            call!.Add(parameter, inside);
        }
        return true;
    }
}
