// The calls of gpt-oss: a message to functions.NAME, with the arguments as JSON. One message is one call.
// https://cookbook.openai.com/articles/openai-harmony
using System.Text;

namespace Majlis.Text.Chat.ToolCalls;

sealed class HarmonyCalls(CallSink sink) : ICallReader
{
    const string To = "to=functions.", Start = "<|start|>", Channel = "<|channel|>", Constrain = "<|constrain|>", Message = "<|message|>",
        Call = "<|call|>", End = "<|end|>";

    // No header between the name and the message is longer.
    const int LongestHeader = 64;

    readonly StringBuilder name = new(), header = new();
    JsonSpan span;
    bool inHeader, inArguments, ended;

    public static ToolFormat Format { get; } = new("harmony",
    [
        .. new[] { End, "" }.SelectMany(before => new[] { $"{Channel}commentary ", " " }
            .Select(between => new CallOpening($"{before}{Start}assistant{between}{To}", Reader))),
        new($"{Channel}commentary {To}", Reader),
        new(To, Reader) { OnlyFirst = true },
    ],
        new($" {To}", Header)
        {
            Bare = choice => Wording.InOrder($"{To}", Header(choice)),
            Marked = choice => Wording.AnyOf(
                Wording.InOrder(Wording.Optional(new MarkWording(End)), new MarkWording(Start), "assistant", Rest(choice)), Rest(choice)),
            Signs = [$" {To}"],
            FirstSign = _ => To,
        }, Start, Channel, Constrain, Message, Call, End);

    public static bool Signs(string written) => written.Contains($"{Channel}analysis{Message}", StringComparison.Ordinal);

    public bool MayEnd => ended;

    public bool IsInCall => !ended;

    public bool IsOver => ended;

    public bool Takes(char next)
    {
        if (inArguments) return TakesOfArguments(next);
        if (inHeader) return TakesOfHeader(next);
        if (next is '<' or ' ')
        {
            if (!sink.Offers(name.ToString())) return false;
            inHeader = true;
            return TakesOfHeader(next);
        }
        return sink.MayBecomeName(name.Append(next).ToString());
    }

    static HarmonyCalls Reader(CallSink sink) => new(sink);

    /// <summary>Where the receiver stands behind the channel, or before it.</summary>
    static Wording Rest(CallChoice choice) => Wording.AnyOf(Wording.InOrder($" {To}", Header(choice)),
        Wording.InOrder(new MarkWording(Channel), $"commentary {To}", choice.Of(tool => Wording.InOrder(tool.Name, " ",
            Wording.Optional(new MarkWording(Constrain)), "json", new MarkWording(Message), Arguments(tool)))));

    static Wording Header(CallChoice choice) => choice.Of(tool => Wording.InOrder(tool.Name, new MarkWording(Channel), "commentary ",
        Wording.Optional(new MarkWording(Constrain)), "json", new MarkWording(Message), Arguments(tool)));

    static ArgumentsWording Arguments(CallTool tool) => new ArgumentsWording(tool, ArgumentForm.Json);

    bool TakesOfHeader(char next)
    {
        if (header.Append(next).Length > LongestHeader) return false;
        if (!header.ToString().EndsWith(Message, StringComparison.Ordinal)) return true;
        inArguments = true;
        sink.Begin(name.ToString());
        return true;
    }

    bool TakesOfArguments(char next)
    {
        if (!span.Takes(next)) return char.IsWhiteSpace(next);
        sink.Arguments([next]);
        if (!span.IsWhole) return true;
        ended = true;
        sink.End();
        return true;
    }
}
