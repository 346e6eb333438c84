// The calls of Hermes, Qwen 2.5 and 3, SmolLM3, Granite 4 and many others: a JSON object between tags.
// https://github.com/NousResearch/Hermes-Function-Calling
namespace Majlis.Text.Chat.ToolCalls;

static class HermesCalls
{
    const string Open = "<tool_call>", Close = "</tool_call>";

    // Others write no JSON between the same tags.
    static readonly string[] others = ["<function=", "<arg_key>"];

    static readonly CallMembers members = new("name", ["arguments", "parameters"], ["id", "type"]);

    public static ToolFormat Format { get; } = new("hermes", [new(Open, sink => new JsonCalls(members, sink, Close))],
        new(Open + "\n", choice => Wording.InOrder(Inside(choice),
            Wording.List(Wording.Nothing, Wording.InOrder(Wording.Space, Stretch(choice)), choice.OnlyOne)))
        {
            Marked = Stretch,
            Signs = [new MarkWording(Open)],
        }, Close)
    {
        Prompted = new("To call one, write its name and arguments as JSON between these tags, each call between tags of its own:",
            (name, arguments) => $"{Open}\n{{\"name\": \"{name}\", \"arguments\": {arguments}}}\n{Close}"),
    };

    static Wording Stretch(CallChoice choice) => Wording.Spaced(new MarkWording(Open), Inside(choice));

    static Wording Inside(CallChoice choice) => Wording.Spaced(JsonWriting.Call(members, choice), new MarkWording(Close));

    public static bool Signs(string written) => written.Contains(Open, StringComparison.Ordinal)
        && !others.Any(other => written.Contains(other, StringComparison.Ordinal));
}
